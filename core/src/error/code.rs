//! The table of error codes: code, wire error at a token endpoint, wire error at a resource, sentence.
//!
//! Everything that names errors is generated from this table, in Rust and in every other language.

use super::oauth::OAuthError::{self, *};

/// What a code becomes on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// This error.
    Is(OAuthError),
    /// The error that belongs to the kind of token at fault ([`crate::token::TokenKind`]).
    OfToken,
    /// Nothing a remote party caused: `server_error`, should it ever surface.
    Local,
}

macro_rules! error_codes {
    ($($name:ident $code:literal $endpoint:expr, $resource:expr, $sentence:literal;)*) => {
        /// A stable error code. Codes are never renamed; new ones may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $code, "`: ", $sentence, ".")] $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// One fixed sentence, safe to show to anybody: lower case, no period, nothing the sender chose.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// What a token endpoint answers.
            #[must_use]
            pub const fn at_token_endpoint(self) -> Wire {
                use Wire::*;
                match self { $(Self::$name => $endpoint,)* }
            }

            /// What a resource server answers.
            #[must_use]
            pub const fn at_resource(self) -> Wire {
                use Wire::*;
                match self { $(Self::$name => $resource,)* }
            }
        }
    };
}

error_codes! {
    // The shape of a token.
    TokenTooLarge "token_too_large" OfToken, OfToken, "the token is larger than allowed";
    TokenMalformed "token_malformed" OfToken, OfToken, "the token is not one compact signed JWT";
    TokenEncrypted "token_encrypted" OfToken, OfToken, "encrypted tokens are not supported";
    TokenNested "token_nested" OfToken, OfToken, "a token inside a token is not supported";
    HeaderMalformed "header_malformed" OfToken, OfToken, "the token header is malformed";
    ClaimsMalformed "claims_malformed" OfToken, OfToken, "the claims are not one JSON object";
    DuplicateMember "duplicate_member" OfToken, OfToken, "a JSON member occurs twice";
    JsonTooDeep "json_too_deep" OfToken, OfToken, "the JSON is nested too deeply";
    TooManyValues "too_many_values" OfToken, OfToken, "the token has more values than allowed";
    TypMismatch "typ_mismatch" OfToken, OfToken, "the token is of another type";
    AlgorithmNotAllowed "algorithm_not_allowed" OfToken, OfToken, "the signature algorithm is not allowed";
    CriticalHeaderUnsupported "critical_header_unsupported" OfToken, OfToken, "a critical header parameter is not understood";

    // Keys and signatures.
    IssuerUntrusted "issuer_untrusted" OfToken, OfToken, "the issuer is not trusted";
    KeysUnavailable "keys_unavailable" Is(TemporarilyUnavailable), Is(TemporarilyUnavailable), "the keys of the issuer are not available";
    KeyUnknown "key_unknown" OfToken, OfToken, "no key of the issuer fits the token";
    KeyAmbiguous "key_ambiguous" OfToken, OfToken, "more than one key of the issuer fits the token";
    SignatureInvalid "signature_invalid" OfToken, OfToken, "the signature is invalid";
    KeyMalformed "key_malformed" OfToken, OfToken, "the key is not a well-formed public JWK";
    KeyTypeUnsupported "key_type_unsupported" OfToken, OfToken, "the key is of an unsupported type or curve";
    KeyPrivate "key_private" OfToken, OfToken, "the key contains private or symmetric key material";
    KeyWeak "key_weak" OfToken, OfToken, "the key is too weak or not a valid point";
    KeyUseMismatch "key_use_mismatch" OfToken, OfToken, "the key is not meant for verifying with this algorithm";
    JwksMalformed "jwks_malformed" Is(TemporarilyUnavailable), Is(TemporarilyUnavailable), "the key set is malformed";

    // Claims.
    ClaimMissing "claim_missing" OfToken, OfToken, "a required claim is missing";
    ClaimMalformed "claim_malformed" OfToken, OfToken, "a claim has the wrong form";
    IssuerMismatch "issuer_mismatch" OfToken, OfToken, "the issuer is not the expected one";
    AudienceMismatch "audience_mismatch" OfToken, OfToken, "the audience is not exactly the expected one";
    ClientMismatch "client_mismatch" OfToken, OfToken, "the token was issued for another client";
    SubjectMismatch "subject_mismatch" OfToken, OfToken, "the subject is not the expected one";
    AuthorizedPartyMismatch "authorized_party_mismatch" OfToken, OfToken, "the authorized party is another client";
    NonceMismatch "nonce_mismatch" OfToken, OfToken, "the nonce is not the expected one";
    TokenExpired "token_expired" OfToken, OfToken, "the token has expired";
    TokenNotYetValid "token_not_yet_valid" OfToken, OfToken, "the token is not valid yet";
    TokenIssuedInFuture "token_issued_in_future" OfToken, OfToken, "the token was issued in the future";
    TokenTooOld "token_too_old" OfToken, OfToken, "the token was issued too long ago";
    LifetimeTooLong "lifetime_too_long" OfToken, OfToken, "the token lives longer than allowed";
    AuthenticationTooOld "authentication_too_old" Is(InsufficientUserAuthentication), Is(InsufficientUserAuthentication), "the sign-on is too old";
    AuthenticationTooWeak "authentication_too_weak" Is(InsufficientUserAuthentication), Is(InsufficientUserAuthentication), "the sign-on is not of the required class";
    SelfIssued "self_issued" OfToken, OfToken, "a server does not redeem its own grant";
    TenantMismatch "tenant_mismatch" OfToken, OfToken, "the tenant is missing or not the expected one";
    SubjectUnknown "subject_unknown" OfToken, OfToken, "the subject is not known here";
    SubjectIdentifierUnusable "subject_identifier_unusable" OfToken, OfToken, "the subject identifier is absent, malformed or not acceptable from this issuer";
    TokenReplayed "token_replayed" OfToken, OfToken, "the token has been used before";
    TokenRevoked "token_revoked" OfToken, OfToken, "the token has been revoked";
    RevocationsUnavailable "revocations_unavailable" Is(TemporarilyUnavailable), Is(TemporarilyUnavailable), "what has been revoked is not known right now";
    StoreUnavailable "store_unavailable" Is(TemporarilyUnavailable), Is(TemporarilyUnavailable), "the server cannot decide this right now";

    ContextRequired "context_required" OfToken, OfToken, "the token must be for one conversation";
    ContextMismatch "context_mismatch" OfToken, OfToken, "the token is for another conversation";

    // Proof of possession.
    ConfirmationUnsupported "confirmation_unsupported" OfToken, OfToken, "the token is bound in a way that is not understood";
    ProofMissing "proof_missing" OfToken, OfToken, "the token is bound to a key and no proof was sent";
    ProofRequired "proof_required" Is(InvalidGrant), OfToken, "proof of possession is required here";
    ProofKeyMismatch "proof_key_mismatch" OfToken, OfToken, "the proof was made with another key";
    ProofRepeated "proof_repeated" Is(InvalidDpopProof), Is(InvalidDpopProof), "more than one proof was sent";
    ProofMethodMismatch "proof_method_mismatch" OfToken, OfToken, "the proof is for another method";
    ProofUriMismatch "proof_uri_mismatch" OfToken, OfToken, "the proof is for another address";
    ProofTokenMismatch "proof_token_mismatch" OfToken, OfToken, "the proof is for another access token";
    ProofNonceRequired "proof_nonce_required" Is(UseDpopNonce), Is(UseDpopNonce), "the proof must carry the nonce of this server";
    BoundTokenAsBearer "bound_token_as_bearer" OfToken, OfToken, "a bound token was sent as a bearer token";
    SchemeMismatch "scheme_mismatch" OfToken, OfToken, "the token is not bound to a key";

    // Requests to a token endpoint.
    MethodNotAllowed "method_not_allowed" Is(InvalidRequest), Is(InvalidRequest), "only POST is accepted";
    ContentTypeUnsupported "content_type_unsupported" Is(InvalidRequest), Is(InvalidRequest), "the body must be form-encoded";
    BodyTooLarge "body_too_large" Is(InvalidRequest), Is(InvalidRequest), "the body is larger than allowed";
    FormMalformed "form_malformed" Is(InvalidRequest), Is(InvalidRequest), "the form is malformed";
    ParameterMissing "parameter_missing" Is(InvalidRequest), Is(InvalidRequest), "a required parameter is missing";
    ParameterRepeated "parameter_repeated" Is(InvalidRequest), Is(InvalidRequest), "a parameter occurs twice";
    ParameterMalformed "parameter_malformed" Is(InvalidRequest), Is(InvalidRequest), "a parameter has the wrong form";
    GrantTypeUnsupported "grant_type_unsupported" Is(UnsupportedGrantType), Local, "the grant type is not supported";
    RequestedTokenTypeUnsupported "requested_token_type_unsupported" Is(InvalidRequest), Local, "the requested token type is not supported";
    SubjectTokenTypeUnsupported "subject_token_type_unsupported" Is(InvalidRequest), Local, "the subject token type is not supported";
    SubjectTokenRefused "subject_token_refused" Is(InvalidGrant), Local, "the subject token was refused";
    ActorTokenUnsupported "actor_token_unsupported" Is(InvalidRequest), Local, "actor tokens are not accepted";
    DepthExceeded "depth_exceeded" OfToken, Local, "the token was derived too often to be derived again";
    ActorUnauthorized "actor_unauthorized" Is(InvalidRequest), Local, "the actor may not act for this subject";

    // Client authentication. One sentence for all of it: an answer must not tell which client ids exist.
    AuthorizationMalformed "authorization_malformed" Is(InvalidRequest), Is(InvalidRequest), "the Authorization header is malformed";
    AuthenticationRepeated "authentication_repeated" Is(InvalidRequest), Is(InvalidRequest), "more than one way of authentication was used";
    ClientUnknown "client_unknown" Is(InvalidClient), Local, "the client could not be authenticated";
    ClientAuthenticationMissing "client_authentication_missing" Is(InvalidClient), Local, "the client could not be authenticated";
    ClientAuthenticationFailed "client_authentication_failed" Is(InvalidClient), Local, "the client could not be authenticated";
    ClientMethodNotAllowed "client_method_not_allowed" Is(InvalidClient), Local, "the client could not be authenticated";
    ClientNotPermitted "client_not_permitted" Is(UnauthorizedClient), Local, "the client may not use this grant";

    // Targets and rights.
    AudienceUnknown "audience_unknown" Is(InvalidTarget), Local, "the audience is not known";
    AudienceRepeated "audience_repeated" Is(InvalidTarget), Local, "exactly one audience can be served";
    ResourceMalformed "resource_malformed" Is(InvalidTarget), Local, "a resource is not an absolute URI without fragment";
    ResourceUnknown "resource_unknown" Is(InvalidTarget), Local, "the resource is not known for this audience";
    ResourceRequired "resource_required" Is(InvalidTarget), Local, "exactly one resource must be named";
    ResourceNotGranted "resource_not_granted" Is(InvalidTarget), Local, "the resource is not covered by the grant";
    GrantResourceUnknown "grant_resource_unknown" Is(InvalidGrant), Local, "the grant is for resources of another server";
    ScopeMalformed "scope_malformed" Is(InvalidScope), Is(InvalidToken), "the scope is malformed";
    ScopeNotGranted "scope_not_granted" Is(InvalidScope), Local, "more scope was asked for than the grant covers";
    ScopeAmbiguous "scope_ambiguous" Is(InvalidScope), Local, "the scopes belong to different resources";
    DetailsMalformed "details_malformed" Is(InvalidAuthorizationDetails), Is(InvalidToken), "the authorization details are not an array of typed objects";
    DetailsTypeUnknown "details_type_unknown" Is(InvalidAuthorizationDetails), Is(InvalidToken), "a type of authorization details is not known";
    DetailsInvalid "details_invalid" Is(InvalidAuthorizationDetails), Is(InvalidToken), "authorization details do not fit their type";
    DetailsNotGranted "details_not_granted" Is(InvalidAuthorizationDetails), Local, "the authorization details go beyond the grant";
    ClientMappingMissing "client_mapping_missing" Is(InvalidTarget), Local, "the client is not registered with this audience";
    TenantRequired "tenant_required" Is(InvalidTarget), Local, "the audience needs a tenant that is not known for this subject";
    PolicyDenied "policy_denied" Is(AccessDenied), Is(AccessDenied), "the policy does not permit this";
    ApprovalRequired "approval_required" Is(AccessDenied), Is(AccessDenied), "the app awaits the approval of an administrator";
    AppRestricted "app_restricted" Is(AccessDenied), Is(AccessDenied), "the app is restricted by an administrator";
    AgentRestricted "agent_restricted" Is(AccessDenied), Is(AccessDenied), "the agent is restricted by an administrator";
    StepUpRequired "step_up_required" Is(InsufficientUserAuthentication), Is(InsufficientUserAuthentication), "a fresher or stronger sign-on is required";

    // A protected resource.
    CredentialsMissing "credentials_missing" Local, Is(InvalidToken), "no access token was sent";
    CredentialsRepeated "credentials_repeated" Local, Is(InvalidRequest), "more than one access token was sent";
    InsufficientScope "insufficient_scope" Local, Is(InsufficientScope), "the access token lacks a required scope";
    OperationNotListed "operation_not_listed" Local, Is(AccessDenied), "the operation is not one that tokens can be granted";
    OperationMalformed "operation_malformed" Local, Is(InvalidRequest), "the body is not one JSON-RPC message";

    // The client: what it refuses of servers.
    ResponseTooLarge "response_too_large" Local, Local, "the response is larger than allowed";
    ResponseMalformed "response_malformed" Local, Local, "the response is malformed";
    RedirectRefused "redirect_refused" Local, Local, "the server answered with a redirect";
    ServerFailed "server_failed" Local, Local, "the server failed or is unavailable";
    ChallengeMalformed "challenge_malformed" Local, Local, "the challenge is malformed";
    MetadataNotFound "metadata_not_found" Local, Local, "no metadata document was found";
    MetadataMalformed "metadata_malformed" Local, Local, "the metadata document is malformed";
    MetadataIssuerMismatch "metadata_issuer_mismatch" Local, Local, "the metadata is that of another issuer";
    MetadataResourceMismatch "metadata_resource_mismatch" Local, Local, "the metadata is that of another resource";
    ProfileUnsupported "profile_unsupported" Local, Local, "the authorization server does not take ID-JAGs";
    CredentialsIssuerMismatch "credentials_issuer_mismatch" Local, Local, "the credentials belong to another authorization server";
    IssuedTokenTypeMismatch "issued_token_type_mismatch" Local, Local, "a token of another type was issued";
    TokenTypeMismatch "token_type_mismatch" Local, Local, "the token is to be used in another way than expected";
    GrantWidened "grant_widened" Local, Local, "more was granted than was asked for";
    BindingMissing "binding_missing" Local, Local, "the token is not bound to the key that was proven";
    TokenForAnotherServer "token_for_another_server" Local, Local, "the token belongs to another server";
    PkceUnsupported "pkce_unsupported" Local, Local, "the authorization server does not offer PKCE with S256";
    StateMismatch "state_mismatch" Local, Local, "the address called is no response to the authorization request";
    ServerRefused "server_refused" Local, Local, "the server refused the request";
    ServerDenied "server_denied" Local, Local, "an administrator's policy denies this";
    IdentityExpired "identity_expired" Local, Local, "the sign-on must be renewed";
    StepUpLimit "step_up_limit" Local, Local, "the server keeps asking for more";

    // Lists of what was revoked.
    RevocationMalformed "revocation_malformed" Local, Local, "the revocation is malformed";
    RevocationsOutdated "revocations_outdated" Local, Local, "the update is older than what is known";
    RevocationsBaseMismatch "revocations_base_mismatch" Local, Local, "the update starts from another state than the known one";
    RevocationsStale "revocations_stale" Local, Local, "the update should have been followed by another too long ago";
    RevocationsDigestMismatch "revocations_digest_mismatch" Local, Local, "the entries are not those that were signed";

    // Decision records, read back.
    RecordMalformed "record_malformed" Local, Local, "the decision record is malformed";

    // Clients by metadata document.
    ClientDocumentInvalid "client_document_invalid" Is(InvalidClient), Local, "the client metadata document is not acceptable";

    // The caller's own doing.
    InvalidNow "invalid_now" Local, Local, "the time is not in seconds";
    ConfigInvalid "config_invalid" Local, Local, "the configuration is invalid";
    TextInvalid "text_invalid" Local, Local, "a text is empty, too long or holds control characters";
    UrlMalformed "url_malformed" Local, Local, "a URL is malformed";
    UrlInsecure "url_insecure" Local, Local, "a URL is not https";
    EntropyTooShort "entropy_too_short" Local, Local, "too few random bytes were given";
    SignerMismatch "signer_mismatch" Local, Local, "the signature does not belong to the declared key";
    ClaimReserved "claim_reserved" Local, Local, "an additional claim has a registered name";
    PolicyInvalid "policy_invalid" Local, Local, "the policy document is invalid";

    // A call through a binding.
    CallMalformed "call_malformed" Local, Local, "the call is not an operation, its handles and one JSON object";
    OperationUnknown "operation_unknown" Local, Local, "there is no such operation";
    ArgumentInvalid "argument_invalid" Local, Local, "an argument is missing, unknown or of the wrong kind";
    HandleInvalid "handle_invalid" Local, Local, "the object has been used up, freed, or is of another kind";
}
