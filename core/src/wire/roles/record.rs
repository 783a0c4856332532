//! What a decision record looks like, for those who read one.

#[cfg(feature = "schema")]
use alloc::string::String;
#[cfg(feature = "schema")]
use alloc::vec::Vec;

#[cfg(feature = "schema")]
use crate::time::UnixTime;
use crate::wire::write::described;

described! {
    /// One decision: who asked for what, what was decided and why. Never token text; what is not known is left out.
    pub(in crate::wire) struct DecisionRecord {
        /// The version of this format: 1.
        version: u64,
        /// When, in seconds since 1970.
        time: UnixTime,
        /// Who decided: `idp`, `resource_as`, `resource_server` or `administrator`.
        role: String,
        /// What was asked for: `exchange`, `redeem`, `derive`, `revoke` or `access`.
        action: String,
        /// The deciding party's own identifier.
        decided_by: String,
        /// `permit`, `deny`, `step_up`, `refuse`, `revoke` or `ignore`.
        outcome: String,
        /// The error code, unless permitted.
        error: Option<String>,
        /// The claim, parameter or setting at fault.
        error_detail: Option<String>,
        /// The kind of token at fault.
        error_token: Option<String>,
        /// Ids of the policy rules that matched.
        rules: Option<Vec<String>>,
        /// The agents that whoever acts is, by their ids in the policy.
        agents: Option<Vec<String>>,
        /// The types of the authorization details asked for.
        details_asked: Option<Vec<String>>,
        /// The types of the authorization details granted.
        details_granted: Option<Vec<String>>,
        /// Your own name for the request, if you add one.
        request_id: Option<String>,
        /// The error that the sender was told.
        oauth_error: Option<String>,
        /// The policy document that was asked: the SHA-256 of its bytes, in hexadecimal.
        policy: Option<String>,
        /// On denial: the nearest permit and what it lacked.
        nearest: Option<String>,
        /// The app, by its id in the policy.
        app: Option<String>,
        /// The server, by its id in the policy.
        server: Option<String>,
        /// The client, as the deciding party knows it.
        client_id: Option<String>,
        /// The client, as the target server knows it.
        target_client_id: Option<String>,
        /// The issuer in whose namespace `subject` stands.
        issuer: Option<String>,
        /// The tenant of the issuer.
        tenant: Option<String>,
        /// The user.
        subject: Option<String>,
        /// The user, as the token issued names it.
        target_subject: Option<String>,
        /// The resource authorization server the grant is for.
        audience: Option<String>,
        /// The operation, at a resource.
        operation: Option<String>,
        /// How the user signed on.
        acr: Option<String>,
        /// The session of the sign-on: `sid` of the ID Token.
        session_id: Option<String>,
        /// The ID Token: its `jti`.
        subject_token_id: Option<String>,
        /// The token issued, used or revoked.
        token_id: Option<String>,
        /// The ID-JAG it is or stems from.
        grant_id: Option<String>,
        /// The access token it was derived from.
        parent_id: Option<String>,
        /// The conversation.
        context: Option<String>,
        /// Whether the client proved that it is this client.
        client_authenticated: bool,
        /// Whether the token issued or used is bound to a key.
        sender_constrained: bool,
        /// The thumbprint of that key.
        jkt: Option<String>,
        /// The resources granted, or asked for when nothing was granted.
        resources: Option<Vec<String>>,
        /// The scope asked for; at a resource, what the operation needs.
        scope_asked: Option<String>,
        /// The scope granted; at a resource, that of the token.
        scope_granted: Option<String>,
        /// Who acted for the user.
        actor: Option<crate::wire::tokens::claims::Act>,
        /// When the user signed on, in seconds since 1970.
        auth_time: Option<UnixTime>,
        /// When the token issued or used expires, in seconds since 1970.
        expires_at: Option<UnixTime>,
        /// What an administrator revoked.
        revoked: Option<crate::wire::state::RevocationEntry>,
    }
}
