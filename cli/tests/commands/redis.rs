//! `idjag revoke --redis`: every server that shares a real Redis has the entry; whatever goes wrong is told, a password never.

use core::time::Duration;
use std::io::{Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use idjag_http::server::{RedisRevocations, Revocations as _};
use serde_json::{Value, json};

use crate::support::{Ran, Room};

const PASSWORD: &str = "OPENSESAME-c0ffee";
const COMMON: [&str; 7] =
    ["revoke", "--issuer", "https://as.example", "--client-id", "desk", "--max-lifetime", "1h"];

/// A folder whose name is short enough for sockets.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("idjag-cli-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn socket(&self) -> PathBuf {
        self.0.join("socket")
    }

    fn url(&self) -> String {
        url(&self.socket())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn url(socket: &Path) -> String {
    format!("unix://{}?pass={PASSWORD}", socket.display())
}

/// A Redis of our own that wants a password, on a socket that nobody else has.
struct Server(Folder, Child);

impl Server {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let process = Command::new("redis-server")
            .args(["--port", "0", "--unixsocket", "socket", "--save", "", "--requirepass", PASSWORD])
            .current_dir(&folder.0)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        let server = Self(folder, process);
        while UnixStream::connect(server.0.socket()).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// What a server that shares it refuses by.
    fn entries(&self, prefix: &str) -> Vec<Value> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let list = runtime.block_on(async {
            let store = RedisRevocations::open(&self.0.url()).unwrap().with_prefix(prefix);
            store.list().await.unwrap()
        });
        assert!(list.sequence() > 0 || list.is_empty());
        let now = idjag::UnixTime::now(1).unwrap();
        let written: Value = serde_json::from_str(&list.to_json(now).to_string()).unwrap();
        written["entries"].as_array().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.1.kill();
        let _ = self.1.wait();
    }
}

fn revoke(room: &Room, more: &[&str], url: &str) -> Ran {
    let ran = room.run_where(&[&COMMON[..], more].concat(), b"", Some(("IDJAG_REDIS_URL", url)));
    assert!(!format!("{ran:?}").contains("OPENSESAME"), "the password: {ran:?}");
    ran
}

/// Nothing was revoked there, and that is said.
fn refused(ran: Ran) -> String {
    let said = ran.trouble();
    assert!(said.contains("nothing is known to be revoked at the Redis"), "{said}");
    said
}

#[test]
fn servers_that_share_a_redis_have_the_entry_when_it_is_said() {
    let (room, server) = (Room::new(), Server::new("shared"));
    revoke(&room, &["--redis", "--dry-run"], &server.0.url()).ended(0);
    assert_eq!(server.entries("").len(), 0, "a dry run touches nothing");

    let record = ["--records", "log.jsonl", "--decided-by", "ops@acme.example"];
    let answer = revoke(&room, &[&["--redis", "--json"], &record[..]].concat(), &server.0.url()).json(0);
    assert_eq!((&answer["changed"], &answer["stored"]), (&json!(true), &json!(true)));
    assert_eq!(server.entries("").len(), 1);
    let recorded: Value = serde_json::from_str(&room.read("log.jsonl")).unwrap();
    assert_eq!(
        (&recorded["outcome"], &recorded["decided_by"], &recorded["revoked"]),
        (&json!("revoke"), &json!("ops@acme.example"), &answer["entry"])
    );

    // The URL as an argument, a name of their own, and a list beside it.
    let url = server.0.url();
    let said = revoke(&room, &["--redis", &url, "--prefix", "eu:", "--list", "l", "--create"], "").ended(0);
    assert!(said.contains("added to l: 1 entries") && said.contains("stored: "), "{said}");
    assert_eq!((server.entries("eu:").len(), server.entries("").len()), (1, 1));
}

#[test]
fn a_store_that_did_not_say_so_has_revoked_nothing() {
    let (room, server, folder) = (Room::new(), Server::new("refusing"), Folder::new("nobody"));
    let said = refused(revoke(&room, &["--redis"], &folder.url()));
    assert!(said.contains("nobody answers there"), "{said}");
    let wrong = format!("unix://{}?pass=OPENSESAME-wrong", server.0.socket().display());
    refused(revoke(&room, &["--redis"], &wrong));
    refused(revoke(&room, &["--redis"], &format!("unix://{}", server.0.socket().display())));
    for none in ["", "OPENSESAME", "redis://u:OPENSESAME@[", "rediss://:OPENSESAME@redis.example/"] {
        refused(revoke(&room, &["--redis"], none));
    }
    assert!(refused(room.run(&[&COMMON[..], &["--redis"]].concat())).contains("IDJAG_REDIS_URL is not set"));
    assert_eq!(server.entries("").len(), 0);

    // What the list got is said, and recorded; a log that cannot be written to is noticed before.
    let both = ["--redis", "--list", "list.json", "--create", "--records", "log", "--decided-by", "ops"];
    let said = refused(revoke(&room, &both, &folder.url()));
    assert!(said.contains("Only the list list.json has the entry"), "{said}");
    assert!(room.read("list.json").contains("desk") && room.read("log").contains("desk"));
    let url = server.0.url();
    revoke(&room, &["--redis", "--records", "missing/log", "--decided-by", "ops"], &url).trouble();
    assert_eq!(server.entries("").len(), 0);
}

#[test]
fn what_is_no_redis_is_not_believed_and_not_repeated() {
    let answers = [
        "-ERR unknown command 'AUTH', with args beginning with: 'OPENSESAME-c0ffee'\r\n",
        "-OPENSESAME nothing\r\n",
        "+OK\r\n",
        "$0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "",
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        let (room, folder) = (Room::new(), Folder::new(&format!("strange{number}")));
        let listener = UnixListener::bind(folder.socket()).unwrap();
        // Ends with the test's process: the program has given up by then.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut asked = [0; 4096];
                    while stream.read(&mut asked).is_ok_and(|count| count > 0) {
                        let _ = stream.write_all(answer.repeat(6).as_bytes());
                    }
                });
            }
        });
        refused(revoke(&room, &["--redis"], &folder.url()));
    }
}
