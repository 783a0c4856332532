//! Names in the public interface that no operation's name says by itself.

/// The classes, by the noun of their operations.
const CLASSES: &[(&str, &str)] = &[
    ("client", "Client"),
    ("client_documents", "ClientDocuments"),
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
    ("revocation_list", "RevocationList"),
    ("revocation_update", "RevocationUpdate"),
    ("signing_key", "SigningKey"),
];

/// The classes of slots, by name, where a slot is not the object whose method the operation is.
const SLOTS: &[(&str, &str)] = &[
    ("actor_keys", "KeySet"),
    ("client", "RegisteredClient"),
    ("dpop", "SigningKey"),
    ("former", "Policy"),
    ("keys", "KeySet"),
    ("own_keys", "KeySet"),
    ("policy", "Policy"),
    ("revocations", "RevocationList"),
    ("signer", "SigningKey"),
];

/// The names of first slots that hold the object whose method the operation is, beside the noun itself.
const SELVES: &[&str] = &["cache", "server", "store"];

/// The classes of what methods make.
const MADE: &[(&str, &str)] = &[("key_set_cache.keys", "KeySet")];

/// Functions whose name is not `verb_noun`.
const FUNCTIONS: &[(&str, &str)] = &[
    ("authorization_response.check_issuer", "check_authorization_response_issuer"),
    ("client.exchange_request", "exchange_request"),
    ("client.exchange_response", "exchange_response"),
    ("client.grant_request", "grant_request"),
    ("client.grant_response", "grant_response"),
    ("client.read_answer", "read_answer"),
    ("client.refresh_request", "refresh_request"),
    ("client.refresh_response", "refresh_response"),
    ("client.use_token", "use_token"),
    ("error_code.list", "list_error_codes"),
    ("record.of_revocation", "record_of_revocation"),
    ("record.schema", "record_schema"),
    ("record.to_ocsf", "record_to_ocsf"),
    ("records.chain", "chain_of_records"),
    ("records.connections", "connections_of_records"),
    ("saml_nameid.same", "is_same_saml_nameid"),
    ("well_known.urls", "well_known_urls"),
];

/// The records that stand for HTTP messages; every language takes its own spelling of header fields and bodies for them.
const MESSAGES: &[&str] = &["ArrivedRequest", "ArrivedResponse", "OutgoingRequest"];

/// How the steps of an operation begin, in JavaScript: the method, and the object that it answers.
const BEGINNINGS: &[(&str, &str, &str)] = &[
    ("idp.authenticate_client", "parseClient", "PendingClient"),
    ("idp.exchange", "parse", "PendingExchange"),
    ("resource_as.revocation", "parseRevocation", "PendingRevocation"),
    ("resource_as.token", "parse", "PendingGrant"),
    ("resource_server.access", "parse", "PendingAccess"),
];

/// The method that begins the steps of an operation, and the object that it answers.
pub(super) fn beginning(operation: &str) -> (&'static str, &'static str) {
    let found = BEGINNINGS.iter().find(|(known, ..)| *known == operation);
    let (_, method, stage) = found.unwrap_or_else(|| panic!("the steps of `{operation}` have no names"));
    (method, stage)
}

/// The class of a noun.
pub fn class_of(noun: &str) -> &'static str {
    let found = CLASSES.iter().find(|(known, _)| *known == noun);
    found.unwrap_or_else(|| panic!("the class of `{noun}` has no name")).1
}

/// Whether the first slot of an operation holds the object whose method it is.
pub fn is_self(noun: &str, slot: &str) -> bool {
    slot == noun || SELVES.contains(&slot)
}

/// The class whose objects go into `slot` of an operation of `noun`, and are not the object whose method it is.
pub fn class_of_slot(noun: &str, slot: &str) -> &'static str {
    if noun == "connection" {
        return class_of(slot);
    }
    let found = SLOTS.iter().find(|(known, _)| *known == slot);
    found.map_or_else(|| class_of(slot), |(_, class)| class)
}

/// The class of what a method makes.
pub fn made(operation: &str) -> &'static str {
    let found = MADE.iter().find(|(known, _)| *known == operation);
    found.unwrap_or_else(|| panic!("the class of what `{operation}` makes has no name")).1
}

/// Whether `slot`, for which no data can stand, must be filled.
pub fn is_required(operation: &str, slot: &str) -> bool {
    operation.ends_with(".sign")
        || matches!(
            (operation, slot),
            ("connection.new", "client") | ("revocation_update.new", "revocations")
        )
}

/// The snake_case name of the function that an operation is, and whether it is another than `verb_noun`.
pub fn function(operation: &str) -> (String, bool) {
    if let Some((_, name)) = FUNCTIONS.iter().find(|(known, _)| *known == operation) {
        return ((*name).to_owned(), true);
    }
    let (noun, verb) = operation.split_once('.').expect("a noun and a verb");
    (format!("{verb}_{noun}"), false)
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
