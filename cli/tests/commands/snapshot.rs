//! `idjag snapshot`: what it writes is what a copy takes, and nobody else's word is.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use idjag::wire::{Crypto, Table};
use serde_json::{Value, json};

use crate::support::{Room, operation};

const NOW: u64 = 1_800_000_000;

/// What a copy holds after taking the file; or the code with which it refuses.
fn taken(file: &[u8], keys: &str) -> Result<Value, String> {
    let end = file.iter().position(|byte| *byte == b'\n').unwrap();
    let manifest = core::str::from_utf8(&file[..end]).unwrap();
    let mut rest = &file[end + 1..];
    let mut table = Table::new(&Crypto::RUST);
    operation(&mut table, "revocation_list.new", "", &json!({ "max_stale": 60, "now": NOW }));
    let mut step = |name: &str, input: Value| {
        let answer = table.call(&format!("{name}\n1\n{input}"));
        let answer: Value = serde_json::from_str(&answer).unwrap();
        match answer.get("err") {
            Some(refused) => Err(refused["code"].as_str().unwrap().to_string()),
            None => Ok(answer["ok"].clone()),
        }
    };
    let manifest = json!({ "manifest": manifest, "issuer": "https://as.example", "algorithms": ["ES256"], "keys": keys,
        "now": NOW });
    let mut state = step("revocation_list.receive", manifest)?;
    while state["missing_chunks"] != 0 {
        let size = usize::try_from(state["chunk_bytes"].as_u64().unwrap()).unwrap();
        let (chunk, after) = rest.split_at(size);
        rest = after;
        let chunk = Base64UrlUnpadded::encode_string(chunk);
        state = step("revocation_list.receive_chunk", json!({ "chunk": chunk, "now": NOW }))?;
    }
    assert!(rest.is_empty(), "nothing comes after the last chunk");
    Ok(state)
}

#[test]
fn a_copy_takes_what_was_signed_and_nothing_else() {
    let room = Room::new();
    let keys = room.run(&["keygen", "--out", "private.json"]).ended(0);
    let others = room.run(&["keygen", "--out", "other.json"]).ended(0);
    for id in ["t1", "t2", "t3"] {
        let entry =
            ["--issuer", "https://as.example", "--jti", id, "--max-lifetime", "1h", "--now", "1800000000"];
        room.run(&[&["revoke", "--list", "list.json", "--create"], &entry[..]].concat()).ended(0);
    }
    let args = [
        "snapshot",
        "--list",
        "list.json",
        "--issuer",
        "https://as.example",
        "--key",
        "private.json",
        "--out",
        "snapshot.bin",
        "--now",
        "1800000000",
        "--json",
    ];
    let told = room.run(&args).json(0);
    assert_eq!(
        (&told["entries"], &told["sequence"], &told["next_update"]),
        (&json!(3), &json!(3), &json!(NOW + 600))
    );
    let file = std::fs::read(room.path("snapshot.bin")).unwrap();
    let state = taken(&file, &keys).unwrap();
    assert_eq!((&state["size"], &state["sequence"]), (&json!(3), &json!(3)));

    assert!(taken(&file, &others).is_err(), "another key's signature");
    let mut forged = file.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert!(taken(&forged, &keys).is_err(), "an entry that was not signed");

    // It is replaced as a whole, and neither key nor list is told.
    let again = room.run(&args[..args.len() - 1]).ended(0);
    assert!(again.starts_with("snapshot.bin: 3 entries, sequence 3, "), "{again}");
    let wrong = [&args[..6], &["public.json"], &args[7..]].concat();
    room.write("public.json", &keys);
    room.run(&wrong).trouble();
}
