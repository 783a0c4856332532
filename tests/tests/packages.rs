//! What the packages for Node.js and Python compute signatures with, beside what WebAssembly does.

use idjag::wire::{Crypto, Table};

/// The packages promise that the same call gives the same token, so ES256 is signed by the default provider there.
#[test]
fn a_table_of_the_packages_signs_as_any_other() {
    for alg in ["ES256", "EdDSA"] {
        let tokens = [&idjag_aws_lc::CRYPTO, &Crypto::RUST].map(|crypto| {
            let mut table = Table::new(crypto);
            let random = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
            let made = table.call(&format!(
                "signing_key.new\n\n{{\"alg\":\"{alg}\",\"kid\":\"k\",\"random\":\"{random}\"}}"
            ));
            let proof = "{\"method\":\"POST\",\"url\":\"https://a.example/\",\"random\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"now\":1700000000}";
            let signed = table.call(&format!("dpop.sign\n1\n{proof}"));
            assert!(signed.contains("token"), "{signed}");
            let exported = table.call("signing_key.dangerous_export\n1\n{}");
            (made, signed, exported)
        });
        assert_eq!(tokens[0], tokens[1]);
    }
    let malformed = [
        r#"{"kty":"EC","crv":"P-256","kid":"k","x":"AA","y":"AA","d":"AA"}"#,
        r#"{"kty":"OKP","crv":"Ed25519","kid":"k","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"}"#,
        r#"{"kty":"RSA","kid":"k","n":"AQAB","e":"AQAB","d":"AA"}"#,
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    ];
    for jwk in malformed {
        let call = format!("signing_key.new\n\n{{\"jwk\":{jwk}}}");
        let [aws, rust] = [&idjag_aws_lc::CRYPTO, &Crypto::RUST].map(|crypto| Table::new(crypto).call(&call));
        assert_eq!(aws, rust);
        assert!(aws.starts_with("{\"err\""), "{aws}");
    }
}
