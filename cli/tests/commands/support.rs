//! Runs the program, in a directory of the test's own.

use core::sync::atomic::{AtomicU32, Ordering};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// A directory that is gone with the test.
pub(crate) struct Room(PathBuf);

impl Room {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs the program here.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, b"")
    }

    /// The same, with something to read on standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        self.run_where(args, input, None)
    }

    /// The same, with a variable of the environment.
    pub(crate) fn run_where(&self, args: &[&str], input: &[u8], variable: Option<(&str, &str)>) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_idjag"));
        command.args(args).current_dir(&self.0).env_remove("IDJAG_REDIS_URL").envs(variable);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            // A program that has read enough closes the pipe.
            let _ = stdin.write_all(&input);
        });
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran {
            code: status.code().expect("it was not killed"),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The output, which has to be of a run that ended with this code.
    pub(crate) fn ended(self, code: i32) -> String {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.err.is_empty(), code != 2, "only trouble is told on standard error: {self:?}");
        self.out
    }

    /// What was told as trouble, which is no answer.
    pub(crate) fn trouble(self) -> String {
        assert_eq!(self.code, 2, "{self:?}");
        assert_eq!(self.out, "", "trouble is no answer");
        self.err
    }

    /// The one JSON object of a run that ended with this code.
    pub(crate) fn json(self, code: i32) -> Value {
        let out = self.ended(code);
        assert_eq!(out.lines().count(), 1, "{out}");
        serde_json::from_str(&out).unwrap()
    }
}

/// The answer of an operation of the library.
pub(crate) fn operation(table: &mut idjag::wire::Table, name: &str, objects: &str, input: &Value) -> Value {
    let answer = table.call(&format!("{name}\n{objects}\n{input}"));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert!(answer.get("ok").is_some(), "{name}: {answer}");
    answer
}

/// A token of these claims, signed with the private JWK by the library.
pub(crate) fn signed(jwk: &str, kind: &str, claims: &Value) -> String {
    let mut table = idjag::wire::Table::new(&idjag::wire::Crypto::RUST);
    operation(&mut table, "signing_key.new", "", &json!({ "jwk": jwk }));
    let answer = operation(&mut table, &format!("{kind}.sign"), "1", &json!({ "claims": claims }));
    answer.pointer("/ok/token").unwrap().as_str().unwrap().into()
}

/// A token that nobody signed.
pub(crate) fn unsigned(header: &str, claims: &str) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
    format!("{}.{}.{}", part(header), part(claims), part("no signature at all"))
}

/// The policy that most tests are about.
pub(crate) const POLICY: &str = r#"{"version": 1,
  "apps": [{"id": "coder", "client_ids": ["coder"], "labels": ["agent"], "status": "approved"},
           {"id": "notes", "client_ids": ["notes"], "status": "approved"}],
  "servers": [{"id": "data", "issuer": "https://as.data.example", "resources": ["https://data.example/mcp"],
               "scope_sets": {"read": ["rows:read"]}},
              {"id": "chat", "issuer": "https://as.chat.example", "resources": ["https://chat.example/mcp"]}],
  "rules": [{"id": "agents-read", "effect": "permit", "apps": {"labels": ["agent"]}, "servers": {"ids": ["data"]},
             "subjects": {"groups_any": ["engineering"]}, "scopes": ["@read"], "max_lifetime": 300,
             "require": {"dpop": true}},
            {"id": "notes-chat", "effect": "permit", "apps": {"ids": ["notes"]}, "servers": {"ids": ["chat"]},
             "subjects": {"any": true}, "scopes": ["post"]},
            {"id": "no-contractors", "effect": "deny", "subjects": {"groups_any": ["contractors"]}}]}"#;
