//! What can be wrong with a policy document, and where.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

pub(super) use crate::codec::json::At;
use crate::codec::json::cut;
use crate::error::{Error, ErrorCode};

macro_rules! faults {
    ($($name:ident $code:literal $sentence:literal;)*) => {
        /// What is wrong at one place of a policy document.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum PolicyFault {
            $(#[doc = concat!("`", $code, "`: ", $sentence, ".")] $name,)*
        }

        impl PolicyFault {
            /// A stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// One fixed sentence: lower case, no period.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

faults! {
    // The text as a whole.
    TooLarge "too_large" "the document is larger than allowed";
    NotJson "not_json" "the document is not JSON";
    DuplicateMember "duplicate_member" "a member occurs twice";
    TooDeep "too_deep" "the document is nested too deeply";
    TooManyRules "too_many_rules" "there are more rules than allowed";
    VersionUnknown "version_unknown" "the version must be 1";

    // The shape of one value.
    NotAnObject "not_an_object" "an object is expected";
    NotAList "not_a_list" "a list is expected";
    NotAString "not_a_string" "a string is expected";
    NotACount "not_a_count" "a whole number of at least 1 is expected";
    NotABoolean "not_a_boolean" "`true` or `false` is expected";
    NotTrue "not_true" "only `true` can be said here; leave the member out otherwise";
    MemberUnknown "member_unknown" "the member is not known here";
    MemberMissing "member_missing" "a required member is missing";
    ListEmpty "list_empty" "the list is empty; leave the member out or say what it is to hold";
    ItemRepeated "item_repeated" "the item occurs twice";

    // The text of one value.
    NameMalformed "name_malformed" "a name is 1 to 128 ASCII letters, digits, `-`, `_`, `.`, `:` and `/`";
    TextMalformed "text_malformed" "the text is empty, too long or holds control characters";
    ClientIdMalformed "client_id_malformed" "a client id is 1 to 1024 bytes without control characters";
    UrlMalformed "url_malformed" "this is not an absolute URL of the expected form";
    UrlInsecure "url_insecure" "the URL must be https";
    ScopeMalformed "scope_malformed" "this is not a scope, a scope set such as `@read`, or `*`";
    AcrMalformed "acr_malformed" "an acr is 1 to 512 bytes without spaces and control characters";
    StatusUnknown "status_unknown" "the status must be `approved`, `approval_required` or `restricted`";
    EffectUnknown "effect_unknown" "the effect must be `permit` or `deny`";

    // What a rule says.
    SelectorEmpty "selector_empty" "the selector selects nothing; say `{\"any\": true}` to select all";
    AnyNotAlone "any_not_alone" "`any` selects all and stands alone";
    SubjectsMixed "subjects_mixed" "users are selected by `ids` or by groups, not by both; write two rules";
    PermitUnspecific "permit_unspecific" "a permit must say this; `{\"any\": true}` selects all, `[\"*\"]` grants all scopes";
    OnlyInPermits "only_in_permits" "only a permit can say this";
    OnlyInDenies "only_in_denies" "only a deny can say this";
    ScopesTwice "scopes_twice" "a deny has `scopes` or `scopes_except`, not both";
    StarNotAlone "star_not_alone" "`*` stands for everything and stands alone";
    AgentIssuerMissing "agent_issuer_missing" "this means something only within an issuer";
    AgentUnspecific "agent_unspecific" "an agent is recognised by `issuer` or by `client_ids`";
    NothingRequired "nothing_required" "nothing is required; leave the member out";
    StarExcepted "star_excepted" "an exception for everything would deny nothing";

    // How the parts fit together.
    IdTaken "id_taken" "the id is taken";
    ClientIdTaken "client_id_taken" "the client id belongs to another app";
    ClientIdAmbiguous "client_id_ambiguous" "at this server the client id would also name the app that has it elsewhere";
    IssuerTaken "issuer_taken" "the issuer belongs to another server";
    ResourceTaken "resource_taken" "the resource belongs to another server";
    AppUnknown "app_unknown" "no app has this id";
    AgentUnknown "agent_unknown" "no agent has this id";
    ServerUnknown "server_unknown" "no server has this id";
    AppLabelUnknown "app_label_unknown" "no app carries this label";
    AgentLabelUnknown "agent_label_unknown" "no agent carries this label";
    ServerLabelUnknown "server_label_unknown" "no server carries this label";
    ScopeSetUndefined "scope_set_undefined" "no server that the rule selects defines this scope set";
    ScopeSetPartial "scope_set_partial" "a deny takes away only what is defined: every server the rule selects must define this scope set";
}

/// One fault of a policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    path: String,
    fault: PolicyFault,
    found: Option<String>,
    place: Option<(usize, usize)>,
}

impl PolicyError {
    /// Where: a JSON Pointer (RFC 6901) into the document; empty for the document as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong.
    #[must_use]
    pub const fn fault(&self) -> PolicyFault {
        self.fault
    }

    /// The text at fault, where there is one: the admin's own, cut to 128 bytes.
    #[must_use]
    pub fn found(&self) -> Option<&str> {
        self.found.as_deref()
    }

    /// Line and column, counted from 1, for a text that the JSON parser refused.
    #[must_use]
    pub const fn place(&self) -> Option<(usize, usize)> {
        self.place
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.escape_debug())?;
        }
        f.write_str(self.fault.sentence())?;
        if let Some(found) = &self.found {
            write!(f, ": `{}`", found.escape_debug())?;
        }
        match self.place {
            Some((line, column)) => write!(f, " (line {line}, column {column})"),
            None => Ok(()),
        }
    }
}

/// Every fault of a policy document that was refused. Prints one per line.
///
/// Becomes an [`Error`] with the code `policy_invalid` and the sentence of the first fault as detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileErrors {
    errors: Vec<PolicyError>,
    left_out: usize,
}

impl CompileErrors {
    /// The faults: first those of single values in the order of the document, then those between its parts.
    #[must_use]
    pub fn errors(&self) -> &[PolicyError] {
        &self.errors
    }

    /// How many more there were beyond [`super::PolicyOptions::max_faults`].
    #[must_use]
    pub const fn left_out(&self) -> usize {
        self.left_out
    }
}

impl fmt::Display for CompileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        match self.left_out {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl core::error::Error for PolicyError {}
impl core::error::Error for CompileErrors {}

impl From<CompileErrors> for Error {
    fn from(errors: CompileErrors) -> Self {
        match errors.errors.first() {
            Some(first) => Self::with_detail(ErrorCode::PolicyInvalid, first.fault.sentence()),
            None => Self::new(ErrorCode::PolicyInvalid),
        }
    }
}

/// Collects faults, at most `max` of them, and counts the rest.
pub(super) struct Faults {
    errors: Vec<PolicyError>,
    max: usize,
    left_out: usize,
}

impl Faults {
    pub(super) fn up_to(max: usize) -> Self {
        Self { errors: Vec::new(), max: max.max(1), left_out: 0 }
    }

    pub(super) fn count(&self) -> usize {
        self.errors.len().saturating_add(self.left_out)
    }

    pub(super) fn add(&mut self, at: &At<'_>, fault: PolicyFault) {
        self.push(at, fault, None);
    }

    /// A fault of the text `found`.
    pub(super) fn add_text(&mut self, at: &At<'_>, fault: PolicyFault, found: &str) {
        self.push(at, fault, Some(found));
    }

    fn push(&mut self, at: &At<'_>, fault: PolicyFault, found: Option<&str>) {
        if self.errors.len() >= self.max {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        let found = found.map(|text| cut(text).to_string());
        self.errors.push(PolicyError { path: at.pointer(), fault, found, place: None });
    }

    /// The one fault of a text that the parser refused.
    pub(super) fn refused(path: String, fault: PolicyFault, place: Option<(usize, usize)>) -> CompileErrors {
        let error = PolicyError { path, fault, found: None, place };
        CompileErrors { errors: Vec::from([error]), left_out: 0 }
    }

    /// `value`, unless there were faults.
    pub(super) fn or<T>(self, value: T) -> Result<T, CompileErrors> {
        match self.errors.is_empty() {
            true => Ok(value),
            false => Err(CompileErrors { errors: self.errors, left_out: self.left_out }),
        }
    }
}
