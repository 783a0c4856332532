//! Reading the values of a policy document: members, lists, selections and scopes, each with its faults.

use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::document::{self, ScopeList, ScopeName, Selector, Subjects, Types};
use super::fault::{At, PolicyFault};
use super::names;
use super::read::Reader;
use crate::codec::json::{Json, Object};
use crate::scope::ScopeToken;
use crate::text::{Acr, Group, Subject, is_plain};
use crate::time::Seconds;

/// Bytes of one type of authorization details.
const DETAIL_TYPE_BYTES: usize = 256;

/// Members and lists.
impl Reader<'_> {
    /// `json` as an object with no members but `members`.
    pub(super) fn object<'j, 'a>(
        &mut self,
        at: &At<'_>,
        json: &'j Json<'a>,
        members: &[&str],
    ) -> Option<&'j Object<'a>> {
        let object = self.any_object(at, json)?;
        self.known_members(at, object, members);
        Some(object)
    }

    pub(super) fn any_object<'j, 'a>(&mut self, at: &At<'_>, json: &'j Json<'a>) -> Option<&'j Object<'a>> {
        self.expect(at, json.as_object(), PolicyFault::NotAnObject)
    }

    pub(super) fn known_members(&mut self, at: &At<'_>, object: &Object<'_>, members: &[&str]) {
        for (name, _) in object.iter() {
            if !members.contains(&name) {
                self.faults.add(&at.member(name), PolicyFault::MemberUnknown);
            }
        }
    }

    /// A member that must be there.
    pub(super) fn member<'j, 'a>(
        &mut self,
        at: &At<'_>,
        object: &'j Object<'a>,
        name: &str,
    ) -> Option<&'j Json<'a>> {
        self.expect(&at.member(name), object.get(name), PolicyFault::MemberMissing)
    }

    /// The value of a member that must be there.
    pub(super) fn required<T>(
        &mut self,
        at: &At<'_>,
        object: &Object<'_>,
        name: &str,
        read: impl FnOnce(&mut Self, &At<'_>, &Json<'_>) -> Option<T>,
    ) -> Option<T> {
        let json = self.member(at, object, name)?;
        read(self, &at.member(name), json)
    }

    /// The value of a member that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        at: &At<'_>,
        object: &Object<'_>,
        name: &str,
        read: impl FnOnce(&mut Self, &At<'_>, &Json<'_>) -> Option<T>,
    ) -> Option<T> {
        let json = object.get(name)?;
        read(self, &at.member(name), json)
    }

    /// The entries of an object whose member names are the admin's: apps or scope sets.
    pub(super) fn entries<T>(
        &mut self,
        at: &At<'_>,
        json: &Json<'_>,
        read: impl Fn(&mut Self, &At<'_>, &Json<'_>) -> Option<T>,
    ) -> Option<Vec<(String, T)>> {
        let object = self.any_object(at, json)?;
        if object.is_empty() {
            self.faults.add(at, PolicyFault::ListEmpty);
        }
        let mut entries = Vec::with_capacity(object.len());
        for (name, value) in object.iter() {
            let at = at.member(name);
            let entry = read(self, &at, value);
            if let (Some(name), Some(entry)) = (self.name_text(&at, name), entry) {
                entries.push((name, entry));
            }
        }
        Some(entries)
    }

    pub(super) fn array<'j, 'a>(&mut self, at: &At<'_>, json: &'j Json<'a>) -> Option<&'j [Json<'a>]> {
        self.expect(at, json.as_array(), PolicyFault::NotAList)
    }

    /// A list of distinct strings, at least one.
    pub(super) fn strings<T>(
        &mut self,
        at: &At<'_>,
        json: &Json<'_>,
        read: impl Fn(&mut Self, &At<'_>, &str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.array(at, json)?;
        if items.is_empty() {
            self.faults.add(at, PolicyFault::ListEmpty);
        }
        let mut seen = BTreeSet::new();
        let mut all = Vec::with_capacity(items.len());
        for (index, json) in items.iter().enumerate() {
            let at = at.item(index);
            let Some(text) = self.text(&at, json) else { continue };
            if !seen.insert(text) {
                self.faults.add_text(&at, PolicyFault::ItemRepeated, text);
            }
            all.extend(read(self, &at, text));
        }
        Some(all)
    }

    pub(super) fn text<'j>(&mut self, at: &At<'_>, json: &'j Json<'_>) -> Option<&'j str> {
        self.expect(at, json.as_str(), PolicyFault::NotAString)
    }

    pub(super) fn boolean(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<bool> {
        self.expect(at, json.as_bool(), PolicyFault::NotABoolean)
    }

    /// `true` and nothing else.
    pub(super) fn truth(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<()> {
        self.expect(at, json.as_bool().filter(|value| *value), PolicyFault::NotTrue).map(|_| ())
    }

    /// A number of seconds, at least one.
    pub(super) fn count(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<Seconds> {
        let seconds = json.as_u64().filter(|value| *value > 0);
        self.expect(at, seconds, PolicyFault::NotACount).map(Seconds)
    }

    /// `value`, or a fault when there is none.
    fn expect<T>(&mut self, at: &At<'_>, value: Option<T>, fault: PolicyFault) -> Option<T> {
        if value.is_none() {
            self.faults.add(at, fault);
        }
        value
    }

    /// `value`, or a fault of `text` when there is none.
    pub(super) fn known<T>(
        &mut self,
        at: &At<'_>,
        text: &str,
        value: Option<T>,
        fault: PolicyFault,
    ) -> Option<T> {
        if value.is_none() {
            self.faults.add_text(at, fault, text);
        }
        value
    }
}

/// Selections, scopes and types.
impl Reader<'_> {
    pub(super) fn selector(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<Selector> {
        let object = self.object(at, json, document::SELECTOR)?;
        if self.is_any(at, object)? {
            return Some(Selector::Any);
        }
        let ids = self.optional(at, object, "ids", Self::name_list);
        let labels = self.optional(at, object, "labels", Self::name_list);
        Some(Selector::Listed { ids: ids.unwrap_or_default(), labels: labels.unwrap_or_default() })
    }

    pub(super) fn subjects(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<Subjects> {
        let object = self.object(at, json, document::SUBJECTS)?;
        if self.is_any(at, object)? {
            return Some(Subjects::Any);
        }
        let ids =
            self.optional(at, object, "ids", |reader, at, json| reader.strings(at, json, Self::subject));
        let any =
            self.optional(at, object, "groups_any", |reader, at, json| reader.strings(at, json, Self::group));
        let all =
            self.optional(at, object, "groups_all", |reader, at, json| reader.strings(at, json, Self::group));
        match (ids, any, all) {
            (Some(ids), None, None) => Some(Subjects::Ids(ids)),
            (None, any, all) => {
                Some(Subjects::Groups { any: any.unwrap_or_default(), all: all.unwrap_or_default() })
            }
            _ => {
                self.faults.add(at, PolicyFault::SubjectsMixed);
                None
            }
        }
    }

    /// Whether the selection is `{"any": true}`; nothing when it is empty or says both.
    fn is_any(&mut self, at: &At<'_>, object: &Object<'_>) -> Option<bool> {
        match (object.contains("any"), object.len()) {
            (_, 0) => {
                self.faults.add(at, PolicyFault::SelectorEmpty);
                None
            }
            (false, _) => Some(false),
            (true, 1) => self.optional(at, object, "any", Self::truth).map(|()| true),
            (true, _) => {
                self.faults.add(&at.member("any"), PolicyFault::AnyNotAlone);
                None
            }
        }
    }

    pub(super) fn scopes(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<ScopeList> {
        let names = self.starred(at, json, Self::scope_name)?;
        Some(names.map_or(ScopeList::All, ScopeList::Listed))
    }

    pub(super) fn scopes_excepted(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<ScopeList> {
        let list = self.scopes(at, json)?;
        if matches!(list, ScopeList::All) {
            self.faults.add(at, PolicyFault::StarExcepted);
        }
        Some(list)
    }

    pub(super) fn detail_types(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<Types> {
        let types = self.starred(at, json, Self::detail_type)?;
        Some(types.map_or(Types::All, Types::Listed))
    }

    /// A list of strings, or `None` inside when it is `["*"]`.
    fn starred<T>(
        &mut self,
        at: &At<'_>,
        json: &Json<'_>,
        read: impl Fn(&mut Self, &At<'_>, &str) -> Option<T>,
    ) -> Option<Option<Vec<T>>> {
        let items = self.array(at, json)?;
        if let [Json::String(only)] = items
            && only == "*"
        {
            return Some(None);
        }
        self.strings(at, json, read).map(Some)
    }

    fn scope_name(&mut self, at: &At<'_>, text: &str) -> Option<ScopeName> {
        match text.strip_prefix('@') {
            Some(set) => {
                let set = names::is_name(set).then(|| ScopeName::Set(set.to_owned()));
                self.known(at, text, set, PolicyFault::ScopeMalformed)
            }
            None if text == "*" => self.known(at, text, None, PolicyFault::StarNotAlone),
            None => self.scope_token(at, text).map(ScopeName::Token),
        }
    }

    /// A scope in itself. `*` and a leading `@` have a meaning of their own in this document.
    pub(super) fn scope_token(&mut self, at: &At<'_>, text: &str) -> Option<ScopeToken> {
        let plain = text != "*" && !text.starts_with('@');
        let token = ScopeToken::new(text).ok().filter(|_| plain);
        self.known(at, text, token, PolicyFault::ScopeMalformed)
    }

    fn detail_type(&mut self, at: &At<'_>, text: &str) -> Option<String> {
        if text == "*" {
            return self.known(at, text, None, PolicyFault::StarNotAlone);
        }
        let plain = is_plain(text, DETAIL_TYPE_BYTES).then(|| text.to_owned());
        self.known(at, text, plain, PolicyFault::TextMalformed)
    }

    pub(super) fn name_list(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<Vec<String>> {
        self.strings(at, json, Self::name_text)
    }

    pub(super) fn subject(&mut self, at: &At<'_>, text: &str) -> Option<Subject> {
        self.known(at, text, Subject::new(text).ok(), PolicyFault::TextMalformed)
    }

    fn group(&mut self, at: &At<'_>, text: &str) -> Option<Group> {
        self.known(at, text, Group::new(text).ok(), PolicyFault::TextMalformed)
    }

    /// Step-up names several as one text with spaces between them, so none may hold a space (RFC 9470 §3).
    pub(super) fn acr(&mut self, at: &At<'_>, text: &str) -> Option<Acr> {
        let acr = Acr::new(text).ok().filter(|_| !text.contains(' '));
        self.known(at, text, acr, PolicyFault::AcrMalformed)
    }
}
