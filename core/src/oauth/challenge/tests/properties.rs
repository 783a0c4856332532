//! What holds for every challenge, built or hostile.

use std::prelude::v1::*;

use proptest::prelude::*;

use super::*;
use crate::scope::ScopeToken;

proptest! {
    #[test]
    fn what_is_built_is_read_back(
        realm in "[ -~]{1,64}",
        tokens in prop::collection::vec("[!#-\\[\\]-~]{1,12}", 0..6),
        acr in prop::collection::vec("[!-~]{1,12}", 0..6),
        age in any::<u64>(),
        refusal in prop::sample::select(ErrorCode::ALL),
    ) {
        let scope: Scope = tokens.into_iter().map(|token| ScopeToken::new(token).unwrap()).collect();
        let acr: Vec<Acr> = acr.into_iter().map(|text| Acr::new(text).unwrap()).collect();
        let error = Error::new(refusal);
        let builder = both().realm(Realm::new(realm.clone()).unwrap()).scope(&scope);
        let builder = builder.max_age(Seconds(age)).acr_values(&acr).unwrap().refusal(&error);
        let values = builder.build();
        let found = Challenges::parse(values.iter().map(String::as_str), &Limits::DEFAULT).unwrap();
        prop_assert_eq!(found.iter().count(), 2);
        prop_assert_eq!(&found, &parse(&values.join(", ")).unwrap());
        for challenge in found.iter() {
            prop_assert_eq!(challenge.parameter("realm"), Some(realm.as_str()));
            prop_assert_eq!(challenge.scope(&Limits::DEFAULT).unwrap().unwrap_or_default(), scope.clone());
            prop_assert_eq!(challenge.acr_values().unwrap(), acr.clone());
            prop_assert_eq!(challenge.max_age().unwrap(), Some(Seconds(age)));
        }
    }

    #[test]
    fn whatever_the_texts_nothing_breaks_out(realm in any::<String>(), acr in any::<String>()) {
        let Ok(realm) = Realm::new(realm) else { return Ok(()) };
        let builder = both().realm(realm.clone());
        let builder = match Acr::new(acr).and_then(|acr| builder.clone().acr_values(&[acr])) {
            Ok(builder) => builder,
            Err(_) => builder,
        };
        for value in builder.build() {
            let challenge = one(&value);
            prop_assert_eq!(challenge.parameter("realm"), Some(realm.as_str()));
            prop_assert_eq!(challenge.error().unwrap(), None);
        }
    }

    #[test]
    fn no_input_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = parse(&text);
        let _ = PresentedToken::parse(&text, &Limits::DEFAULT);
    }

    #[test]
    fn no_challenge_makes_it_panic(
        text in "[Ba,=\"\\\\ \t\u{e9}1~]{0,60}",
        field in "(max_age|scope|error|acr_values|algs|resource_metadata)=\"[^\"\\\\]{0,40}\"",
    ) {
        let _ = parse(&text);
        if let Ok(found) = parse(&format!("Bearer {field}")) {
            for challenge in found.iter() {
                let _ = (challenge.error(), challenge.max_age(), challenge.acr_values());
                let _ = (challenge.scope(&Limits::DEFAULT), challenge.algs().count());
            }
            let _ = found.resource_metadata(Transport::HttpsOnly);
        }
    }
}
