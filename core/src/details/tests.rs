//! The laws of narrowing, against a model that knows what a detail permits.

use alloc::collections::BTreeSet as Set;
use alloc::format;
use alloc::string::{String, ToString as _};

use proptest::prelude::*;

use super::*;

const KIND: &str = "transfer";

/// Actions and tags that are arrays, an amount, an amount with its currency inside an object, an account that stays.
fn types() -> DetailTypes {
    let names = |names: &[&str]| names.iter().map(|name| String::from(*name)).collect();
    let transfer = DetailType {
        members: names(&["account"]),
        required: Vec::new(),
        subset: names(&["tags"]),
        at_most: names(&["count", "total.amount"]),
    };
    DetailTypes::default().with(KIND, transfer).with_unchanged("opaque")
}

fn details(text: &str) -> AuthorizationDetails {
    AuthorizationDetails::parse(text, &Limits::DEFAULT).unwrap()
}

/// A detail as it is meant: what is `None` is not limited.
#[derive(Clone, Debug, PartialEq)]
struct Meant {
    actions: Option<Set<u8>>,
    tags: Option<Set<u8>>,
    count: Option<u64>,
    /// Cents, and the currency they are of.
    total: Option<(u64, bool)>,
    account: Option<u8>,
}

/// A single thing that a detail may permit.
#[derive(Clone, Debug)]
struct Deed {
    action: u8,
    tag: u8,
    count: u64,
    cents: u64,
    is_euro: bool,
}

impl Meant {
    fn text(&self, is_short: bool) -> String {
        let list = |name: &str, items: &Option<Set<u8>>| {
            items.as_ref().map_or(String::new(), |items| {
                let items: Vec<String> = items.iter().map(|item| format!(r#""{item}""#)).collect();
                format!(r#","{name}":[{}]"#, items.join(","))
            })
        };
        let amount = |cents: u64| match (is_short, cents % 100) {
            (true, 0) => (cents / 100).to_string(),
            (true, rest) if rest % 10 == 0 => format!("{}.{}", cents / 100, rest / 10),
            (_, rest) => format!("{}.{rest:02}", cents / 100),
        };
        let count = self.count.map_or(String::new(), |count| format!(r#","count":{count}"#));
        let total = self.total.map_or(String::new(), |(cents, is_euro)| {
            let currency = if is_euro { "EUR" } else { "CHF" };
            format!(r#","total":{{"currency":"{currency}","amount":"{}"}}"#, amount(cents))
        });
        let account = self.account.map_or(String::new(), |account| format!(r#","account":"{account}""#));
        let (actions, tags) = (list("actions", &self.actions), list("tags", &self.tags));
        format!(r#"[{{"type":"{KIND}"{actions}{tags}{count}{total}{account}}}]"#)
    }

    fn details(&self) -> AuthorizationDetails {
        let details = details(&self.text(false));
        types().check(&details).unwrap();
        details
    }

    fn permits(&self, deed: &Deed) -> bool {
        self.actions.as_ref().is_none_or(|actions| actions.contains(&deed.action))
            && self.tags.as_ref().is_none_or(|tags| tags.contains(&deed.tag))
            && self.count.is_none_or(|count| deed.count <= count)
            && self.total.is_none_or(|(cents, is_euro)| deed.cents <= cents && deed.is_euro == is_euro)
    }
}

fn meant() -> impl Strategy<Value = Meant> {
    let some = || proptest::option::of(proptest::collection::btree_set(0..3_u8, 0..3));
    let amount = prop_oneof![0..3_u64, 95..105_u64, 995..1005_u64, any::<u64>()];
    (
        some(),
        some(),
        proptest::option::of(prop_oneof![0..3_u64, any::<u64>()]),
        proptest::option::of((amount, any::<bool>())),
        proptest::option::of(0..2_u8),
    )
        .prop_map(|(actions, tags, count, total, account)| Meant {
            actions,
            tags,
            count,
            total,
            account,
        })
}

/// One that is likely within `ceiling`.
fn below(ceiling: Meant) -> impl Strategy<Value = Meant> {
    (Just(ceiling), meant(), any::<[bool; 5]>()).prop_map(|(ceiling, other, keeps)| {
        let [actions, tags, count, total, account] = keeps;
        Meant {
            actions: if actions { ceiling.actions } else { other.actions },
            tags: if tags { ceiling.tags } else { other.tags },
            count: if count { ceiling.count.map(|most| most / 2) } else { other.count },
            total: if total {
                ceiling.total.map(|(most, currency)| (most / 2, currency))
            } else {
                other.total
            },
            account: if account { ceiling.account } else { other.account },
        }
    })
}

fn deed() -> impl Strategy<Value = Deed> {
    let amount = prop_oneof![0..3_u64, 95..105_u64, 995..1005_u64, any::<u64>()];
    (0..3_u8, 0..3_u8, prop_oneof![0..3_u64, any::<u64>()], amount, any::<bool>())
        .prop_map(|(action, tag, count, cents, is_euro)| Deed { action, tag, count, cents, is_euro })
}

proptest! {
    #[test]
    fn whatever_is_within_permits_nothing_more(
        (ceiling, asked) in meant().prop_flat_map(|ceiling| (Just(ceiling.clone()), below(ceiling))),
        deeds in proptest::collection::vec(deed(), 1..20),
    ) {
        if asked.details().is_within(&ceiling.details(), &types()) {
            prop_assert_eq!(&asked.account, &ceiling.account);
            for deed in deeds {
                prop_assert!(!asked.permits(&deed) || ceiling.permits(&deed), "{deed:?}");
            }
        }
    }

    #[test]
    fn what_permits_no_more_is_within(ceiling in meant(), half in any::<bool>()) {
        let asked = Meant {
            actions: Some(ceiling.actions.iter().flatten().copied().take(1).collect()),
            tags: Some(ceiling.tags.iter().flatten().copied().take(1).collect()),
            count: Some(ceiling.count.map_or(7, |most| if half { most / 2 } else { most })),
            total: ceiling.total.map(|(most, currency)| (if half { most / 2 } else { most }, currency)),
            account: ceiling.account,
        };
        prop_assert!(asked.details().is_within(&ceiling.details(), &types()));
    }

    #[test]
    fn narrowing_is_reflexive_and_transitive(
        (first, second, third) in meant().prop_flat_map(|first| {
            below(first.clone()).prop_flat_map(move |second| {
                (Just(first.clone()), Just(second.clone()), below(second))
            })
        }),
    ) {
        let (types, [first, second, third]) = (types(), [&first, &second, &third].map(Meant::details));
        prop_assert!(first.is_within(&first, &types));
        if second.is_within(&first, &types) && third.is_within(&second, &types) {
            prop_assert!(third.is_within(&first, &types));
        }
    }

    #[test]
    fn an_amount_is_the_same_however_it_is_written(one in meant()) {
        let (long, short) = (details(&one.text(false)), details(&one.text(true)));
        prop_assert!(long.is_within(&short, &types()) && short.is_within(&long, &types()));
    }

    #[test]
    fn no_text_is_taken_for_an_amount_that_it_is_not(text in "[0-9.+e -]{0,6}") {
        let written = format!(r#"[{{"type":"{KIND}","count":"{text}"}}]"#);
        let is_decimal = text.split_once('.').map_or(&*text, |(whole, rest)| {
            if rest.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_digit()) { "" } else { whole }
        });
        let is_decimal = !is_decimal.is_empty() && is_decimal.bytes().all(|byte| byte.is_ascii_digit());
        prop_assert_eq!(types().check(&details(&written)).is_ok(), is_decimal);
    }
}

#[test]
fn what_a_ceiling_says_is_not_left_out_and_nothing_unknown_is_added() {
    let within = |asked: &str, ceiling: &str| details(asked).is_within(&details(ceiling), &types());
    let ceiling = r#"[{"type":"transfer","account":"a","total":{"currency":"EUR","amount":"10"}}]"#;
    for (asked, expected) in [
        (r#"[{"type":"transfer","account":"a","total":{"currency":"EUR","amount":"9.99"}}]"#, true),
        (r#"[{"type":"transfer","account":"a","total":{"currency":"EUR","amount":"10.01"}}]"#, false),
        (r#"[{"type":"transfer","account":"a","total":{"currency":"CHF","amount":"1"}}]"#, false),
        (r#"[{"type":"transfer","account":"a","total":{"currency":"EUR"}}]"#, false),
        (r#"[{"type":"transfer","account":"a","total":{"currency":"EUR","amount":9}}]"#, false),
        (r#"[{"type":"transfer","account":"a","total":{"currency":"EUR","amount":"9","x":1}}]"#, false),
        (r#"[{"type":"transfer","account":"a"}]"#, false),
        (r#"[{"type":"transfer","total":{"currency":"EUR","amount":"9"}}]"#, false),
        (
            r#"[{"type":"transfer","account":"a","identifier":"i","total":{"currency":"EUR","amount":"9"}}]"#,
            false,
        ),
        (r#"[{"type":"transfer","account":"a","count":1,"total":{"currency":"EUR","amount":"9"}}]"#, true),
        (r#"[{"type":"other","account":"a","total":{"currency":"EUR","amount":"9"}}]"#, false),
        ("[]", true),
    ] {
        assert_eq!(within(asked, ceiling), expected, "{asked}");
    }
    assert!(!within(ceiling, "[]"));
}

#[test]
fn what_is_not_known_is_passed_on_as_it_is_or_refused() {
    let types = types();
    let opaque = details(r#"[{"type":"opaque","actions":["a","b"],"any":{"thing":[1.5]}}]"#);
    types.check(&opaque).unwrap();
    assert!(opaque.is_within(&opaque, &types));
    assert!(
        !details(r#"[{"type":"opaque","actions":["a"],"any":{"thing":[1.5]}}]"#).is_within(&opaque, &types)
    );
    let unknown = details(r#"[{"type":"unknown","actions":["a","b"]}]"#);
    assert_eq!(types.check(&unknown).unwrap_err().code(), ErrorCode::DetailsTypeUnknown);
    // Without a declaration, as a client has none: the common members.
    assert!(details(r#"[{"type":"unknown","actions":["a"]}]"#).is_within(&unknown, &types));
    assert_eq!(types.names().collect::<Vec<_>>(), ["opaque", "transfer"]);
}

#[test]
fn a_value_that_cannot_be_compared_does_not_fit() {
    for text in [
        r#"[{"type":"transfer","count":1.5}]"#,
        r#"[{"type":"transfer","count":-1}]"#,
        r#"[{"type":"transfer","count":[1]}]"#,
        r#"[{"type":"transfer","tags":"all"}]"#,
        r#"[{"type":"transfer","total":"10"}]"#,
        r#"[{"type":"transfer","total":{"amount":"-1"}}]"#,
    ] {
        assert_eq!(types().check(&details(text)).unwrap_err().code(), ErrorCode::DetailsInvalid, "{text}");
    }
}

#[test]
fn a_detail_tells_of_no_location_but_the_tokens() {
    let both =
        details(r#"[{"type":"x","locations":["https://a.example/","https://b.example/"]},{"type":"y"}]"#);
    let at = |place: &'static str| both.filter_map(|detail| detail.at_locations(|found| found == place));
    assert_eq!(
        at("https://a.example/"),
        details(r#"[{"type":"x","locations":["https://a.example/"]},{"type":"y"}]"#)
    );
    assert_eq!(at("https://c.example/"), details(r#"[{"type":"y"}]"#));
}
