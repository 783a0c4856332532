//! Names in the public interface that no operation's name says by itself.

/// The classes, by the noun of their operations.
const CLASSES: &[(&str, &str)] = &[
    ("client", "Client"),
    ("connection", "Connection"),
    ("discovery", "Discovery"),
    ("idp", "IdentityProvider"),
    ("key_set", "KeySet"),
    ("key_set_cache", "KeySetCache"),
    ("policy", "Policy"),
    ("registered_client", "RegisteredClient"),
    ("replay_store", "MemoryReplayStore"),
    ("resource_as", "ResourceAuthorizationServer"),
    ("resource_server", "ResourceServer"),
    ("signing_key", "SigningKey"),
];

/// The classes of slots, by name, where a slot is not the object whose method the operation is.
const SLOTS: &[(&str, &str)] =
    &[("client", "RegisteredClient"), ("keys", "KeySet"), ("policy", "Policy"), ("signer", "SigningKey")];

/// The records that stand for HTTP messages; every language takes its own spelling of header fields and bodies for them.
const MESSAGES: &[&str] = &["ArrivedRequest", "ArrivedResponse"];

/// The object that the first step of a role answers, by operation.
const STAGES: &[(&str, &str)] = &[
    ("idp.token_exchange", "PendingExchange"),
    ("resource_as.token", "PendingGrant"),
    ("resource_server.access", "PendingAccess"),
];

/// The object that the first step of an operation answers.
pub(super) fn stage(operation: &str) -> &'static str {
    let found = STAGES.iter().find(|(known, _)| *known == operation);
    found.unwrap_or_else(|| panic!("the steps of `{operation}` have no names")).1
}

/// The class of a noun.
pub fn class_of(noun: &str) -> &'static str {
    let found = CLASSES.iter().find(|(known, _)| *known == noun);
    found.unwrap_or_else(|| panic!("the class of `{noun}` has no name")).1
}

/// The class whose objects go into `slot`, which is not the first slot of a method.
pub fn class_of_slot(slot: &str) -> &'static str {
    let found = SLOTS.iter().find(|(known, _)| *known == slot);
    found.map_or_else(|| class_of(slot), |(_, class)| class)
}

/// Whether a record stands for an HTTP message.
pub fn message(record: &str) -> bool {
    MESSAGES.contains(&record)
}

/// `camelCase` of `snake_case`.
pub fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut camel, part| {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
        camel
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_names_as_the_core_reads_them() {
        assert_eq!(camel("token_id"), "tokenId");
        assert_eq!(camel("client_secret_sha256"), "clientSecretSha256");
        assert_eq!(camel("dangerous_allow_http_loopback"), "dangerousAllowHttpLoopback");
    }
}
