//! The law of a comparison: whatever either policy answers anybody, what it tells is what differs.

mod generate;

use alloc::collections::BTreeSet;

use idjag::policy::{Acting, Chain};
use idjag::text::{Acr, ClientId, Group, Subject};
use idjag::token::Actor;
use proptest::prelude::*;

use self::generate::{Acter, Asker, ISSUERS, about_agents, about_users, askers, without_agents};
use super::super::actors::{Acts, Who};
use super::super::space::Dimension;
use super::*;

/// What is granted of one scope, or of one type, asked for alone.
fn granted(policy: &Policy, scope: &str, types: &[&str], asker: &Asker) -> Option<Life> {
    let client = ClientId::new("c").unwrap();
    let subject = asker.subject.map(|number| Subject::new(format!("u{number}")).unwrap());
    let groups: Option<BTreeSet<Group>> = asker
        .groups
        .as_ref()
        .map(|groups| groups.iter().map(|number| Group::new(format!("g{number}")).unwrap()).collect());
    let acr = asker.acr.map(|number| Acr::new(format!("a{number}")).unwrap());
    let scope = Scope::parse(scope, &idjag::Limits::DEFAULT).unwrap();
    let acter = asker.acting.as_ref().and_then(Option::as_ref);
    let actor = acter.map(|acter| Actor {
        issuer: acter.issuer.map(String::from),
        subject: Subject::new(acter.subject).unwrap(),
        sub_profile: acter.kind.map(String::from),
        prior: Vec::new(),
    });
    let by = acter.and_then(|acter| acter.client).map(|id| ClientId::new(id).unwrap());
    let acting = |acter: &Option<Acter>| match acter {
        Some(_) => Acting::ThroughActor,
        None => Acting::Directly,
    };
    let request = Request {
        client: ClientAt::IdentityProvider(&client),
        issuer: "https://as.example",
        resources: &[],
        scope: Some(&scope),
        detail_types: types,
        facts: Facts {
            subject: subject.as_ref(),
            groups: groups.as_ref(),
            acr: acr.as_ref(),
            auth_age: asker.age.map(Seconds),
            dpop: asker.dpop,
            context: asker.context,
            acting: asker.acting.as_ref().map(acting),
            chain: Chain { actor: actor.as_ref(), client: by.as_ref(), depth: asker.depth },
        },
    };
    let decision = policy.evaluate(&request);
    let grant = decision.grant()?;
    Some(grant.lifetime.map_or(Life::Unlimited, |Seconds(seconds)| Life::Seconds(seconds)))
}

/// Which of those who act this one is; nothing for a client that no document lists, which is nobody's.
fn acts(all: &[Acts<'_>], acting: Option<&Option<Acter>>) -> Option<usize> {
    let Some(Some(acter)) = acting else {
        return all.iter().position(|acts| match acts {
            Acts::Unknown => acting.is_none(),
            Acts::Directly => acting.is_some(),
            Acts::Through { .. } => false,
        });
    };
    let same = |names: &[&str], name: Option<&str>| names.iter().any(|known| Some(*known) == name);
    let among = |ids: &[ClientId]| ids.iter().any(|id| Some(id.as_str()) == acter.client);
    let is_listed =
        || all.iter().any(|acts| matches!(acts, Acts::Through { client: Some(ids), .. } if among(ids)));
    let by_client = |client: &Option<Vec<ClientId>>| match client.as_deref() {
        None => acter.client.is_none(),
        Some([]) => acter.client.is_some() && !is_listed(),
        Some(ids) => among(ids),
    };
    let listed = |kind: &dyn Fn(&Who<'_>) -> bool| {
        all.iter().any(|acts| matches!(acts, Acts::Through { who, .. } if kind(who)))
    };
    let of_kind = |kinds: &[&str], among: &dyn Fn(&Who<'_>) -> bool| match kinds {
        [] => !all.iter().any(|acts| match acts {
            Acts::Through { who: who @ (Who::Of { kinds, .. } | Who::Client { kinds, .. }), .. } => {
                among(who) && same(kinds, acter.kind)
            }
            _ => false,
        }),
        kinds => same(kinds, acter.kind),
    };
    let is_client = |who: &Who<'_>| match who {
        Who::Client { ids, .. } => {
            acter.issuer == Some(ISSUERS[0]) && ids.iter().any(|id| id.as_str() == acter.subject)
        }
        _ => false,
    };
    let of_issuer = |who: &Who<'_>| match who {
        Who::Of { issuer, .. } => acter.issuer == Some(issuer.as_str()),
        _ => false,
    };
    let is_named = |who: &Who<'_>| match who {
        Who::Of { subjects, .. } => {
            of_issuer(who) && subjects.iter().any(|name| name.as_str() == acter.subject)
        }
        _ => false,
    };
    let is = |who: &Who<'_>| match who {
        Who::Client { kinds, .. } => is_client(who) && of_kind(kinds, &is_client),
        Who::Of { subjects, kinds, .. } if !listed(&is_client) => match subjects.as_slice() {
            [] => of_issuer(who) && !listed(&is_named) && of_kind(kinds, &of_issuer),
            _ => is_named(who) && of_kind(kinds, &is_named),
        },
        Who::Of { .. } => false,
        Who::Stranger => !listed(&is_client) && !listed(&of_issuer),
    };
    all.iter()
        .position(|acts| matches!(acts, Acts::Through { who, client, .. } if is(who) && by_client(client)))
}

/// The combination that somebody of whom user and groups are known is in.
fn number_of(space: &Space<'_>, asker: &Asker) -> Option<usize> {
    let by_client =
        asker.acting.as_ref().is_some_and(|acter| acter.as_ref().is_some_and(|by| by.client.is_some()));
    let tells_actors = space.dimensions.iter().any(|dimension| matches!(dimension, Dimension::Acts(_)));
    if by_client && !tells_actors {
        // A client that asks with the token of another gets nothing where no agents are listed.
        return None;
    }
    let names: Vec<String> = asker.groups.iter().flatten().map(|number| format!("g{number}")).collect();
    let among = |name: &str, names: &[String]| names.iter().any(|known| known == name);
    let place = |found: Option<usize>| found.map_or(0, |class| class + 1);
    space.dimensions.iter().try_fold(0, |number, dimension| {
        let state = match dimension {
            Dimension::Subject(classes) => place(classes.iter().position(|class| {
                class
                    .iter()
                    .any(|user| Some(user.as_str()) == asker.subject.map(|of| format!("u{of}")).as_deref())
            })),
            Dimension::Groups { members, one, all } => {
                let count = members.iter().filter(|group| among(group.as_str(), &names)).count();
                match (count, members.len(), one, all) {
                    (0, ..) => 0,
                    (some, every, true, true) if some == every && every > 1 => 2,
                    (_, _, true, _) => 1,
                    (some, every, false, _) => usize::from(some == every),
                }
            }
            Dimension::People(_) => unreachable!("nobody was listed, and there are few groups"),
            Dimension::Dpop => usize::from(asker.dpop),
            Dimension::Context => usize::from(asker.context),
            Dimension::Acts(all) => acts(all, asker.acting.as_ref())?,
            Dimension::Depth(depths) => {
                let within = |most: &u64| asker.depth.is_some_and(|depth| depth as u64 <= *most);
                depths.iter().position(within).unwrap_or(depths.len())
            }
            Dimension::Acr(classes) => place(classes.iter().position(|class| {
                class.iter().any(|acr| Some(acr.as_str()) == asker.acr.map(|of| format!("a{of}")).as_deref())
            })),
            Dimension::Age(ages) => {
                let old = |age: &Seconds| asker.age.is_none_or(|of| of > age.as_secs());
                ages.iter().position(|age| !old(age)).unwrap_or(ages.len())
            }
        };
        Some(number * dimension.size() + state)
    })
}

/// What is told to change of a right for a combination.
fn told(differences: &[Difference], cell: usize, right: &Right) -> Option<Change> {
    let about = |difference: &&Difference| difference.rights.contains(right) && difference.inside[cell];
    differences.iter().find(about).map(|difference| difference.change)
}

fn named(differences: &[RuleView<'_>], right: &Right) -> Right {
    let is_named = |rule: &RuleView<'_>| match (right, &rule.scopes, &rule.detail_types) {
        (Right::Scope(scope), ScopesView::Only(named) | ScopesView::Except(named), _) => {
            named.contains(&scope)
        }
        (Right::Type(name), _, Some(NamesView::These(named))) => named.contains(&name.as_str()),
        _ => false,
    };
    match (differences.iter().any(is_named), right) {
        (true, right) => right.clone(),
        (false, Right::Scope(_)) => Right::OtherScopes,
        (false, _) => Right::OtherTypes,
    }
}

/// Whatever either policy answers anybody, what is told to change is what does.
fn holds(old: &Policy, new: &Policy, asker: &Asker) -> Result<(), TestCaseError> {
    let weighed = weigh([old, new], ("app", "server"), None, &mut 10_000_000);
    let about =
        |policy| Policy::rules_about(policy, policy.app("app").unwrap(), policy.server("server").unwrap());
    let rules: Vec<RuleView<'_>> = [old, new].into_iter().flat_map(about).collect();
    let differ = |scope: &str, types: &[&str]| {
        let [old, new] = [old, new].map(|policy| granted(policy, scope, types, asker));
        Change::between(old, new)
    };
    for (scope, detail_type) in
        [("s0", ""), ("s1", ""), ("s2", ""), ("s3", ""), ("", "t0"), ("", "t1"), ("", "t2")]
    {
        let (change, right) = match scope {
            "" => (differ("", &[detail_type]), Right::Type(String::from(detail_type))),
            scope => (differ(scope, &[]), Right::Scope(ScopeToken::new(scope).unwrap())),
        };
        let right = named(&rules, &right);
        let (space, differences) = match &weighed {
            Weighed::TooMany => return Err(TestCaseError::fail("there are few combinations")),
            Weighed::Same => {
                prop_assert_eq!(change, None);
                continue;
            }
            Weighed::Compared { space, differences } => (space, differences),
        };
        prop_assert!(space.complete);
        if asker.subject.is_some() && asker.groups.is_some() {
            let told = number_of(space, asker).and_then(|cell| told(differences, cell, &right));
            prop_assert_eq!(told, change);
        } else if let Some(gain @ (Change::Gain(_) | Change::Longer(..))) = change {
            // Of whom is unknown who they are: nobody gains whose like does not.
            let gains = differences.iter().any(|difference| {
                difference.rights.contains(&right)
                    && matches!(difference.change, Change::Gain(_) | Change::Longer(..))
            });
            prop_assert!(gains, "{:?} of {:?}", gain, right);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_it_tells_of_users_is_what_differs(old in about_users(), new in about_users(), asker in askers()) {
        holds(&old, &new, &asker)?;
    }
}

/// A policy that permits agent `x` and lists these agents and one rule more.
fn of_agents(agents: &str, rule: &str) -> Policy {
    let text = format!(
        r#"{{"version": 1, "apps": [{{"id": "app", "client_ids": ["c"], "status": "approved"}}],
             "agents": [{{"id": "x", "status": "approved", "apps": {{"any": true}},
                          "issuer": "https://agents.example", "subjects": ["x0"]}}, {agents}],
             "servers": [{{"id": "server", "issuer": "https://as.example"}}],
             "rules": [{{"id": "r0", "effect": "permit", "apps": {{"any": true}}, "servers": {{"any": true}},
                         "agents": {{"ids": ["x"]}}, "subjects": {{"any": true}}, "scopes": ["s0"]}}{rule}]}}"#
    );
    Policy::compile(text.as_bytes(), &idjag::policy::PolicyOptions::default()).unwrap()
}

fn gains(old: &Policy, new: &Policy) -> bool {
    match weigh([old, new], ("app", "server"), None, &mut 10_000_000) {
        Weighed::Compared { differences, .. } => {
            differences.iter().any(|difference| matches!(difference.change, Change::Gain(_)))
        }
        _ => false,
    }
}

#[test]
fn a_client_that_is_an_agent_by_its_name_at_the_servers_issuer_is_told() {
    for (named, client) in [(r#", "subjects": ["k0"]"#, "k0"), ("", "k2")] {
        let agents = |status| {
            format!(
                r#"{{"id": "y", "status": "{status}", "apps": {{"any": true}}, "issuer": "https://as.example"{named}}}"#
            )
        };
        let (old, new) = (of_agents(&agents("restricted"), ""), of_agents(&agents("approved"), ""));
        let acting = Acter { issuer: Some(ISSUERS[1]), subject: "x0", kind: None, client: Some(client) };
        let (subject, groups) = (Some(0), Some(Vec::new()));
        let asker = Asker {
            subject,
            groups,
            acr: None,
            age: None,
            dpop: false,
            context: false,
            acting: Some(Some(acting)),
            depth: None,
        };
        assert!(granted(&old, "s0", &[], &asker).is_none() && granted(&new, "s0", &[], &asker).is_some());
        assert!(gains(&old, &new), "{client} could not ask for agent x, and now can");
        holds(&old, &new, &asker).unwrap();
    }
}

#[test]
fn no_listed_name_stands_for_those_that_are_not() {
    let every = |effect: &str| {
        let restricted = r#"{"id": "z", "status": "restricted", "apps": {"any": true}, "issuer": "https://other.example",
                             "subjects": ["another actor that no document lists"]},"#;
        let all =
            r#"{"id": "y", "status": "approved", "apps": {"any": true}, "issuer": "https://other.example"}"#;
        let rule = format!(
            r#", {{"id": "r1", "effect": "{effect}", "apps": {{"any": true}}, "servers": {{"any": true}},
                   "agents": {{"ids": ["y"]}}, "subjects": {{"any": true}}, "scopes": ["s0"]}}"#
        );
        of_agents(&[restricted, all].concat(), &rule)
    };
    assert!(gains(&every("deny"), &every("permit")));
}

proptest! {
    // Each tries hundreds of ways to act.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_it_tells_of_agents_is_what_differs(old in about_agents(), new in about_agents(), asker in askers()) {
        holds(&old, &new, &asker)?;
    }

    #[test]
    fn a_list_of_agents_that_comes_or_goes_is_told(
        without in without_agents(), with in about_agents(), asker in askers(),
    ) {
        holds(&without, &with, &asker)?;
        holds(&with, &without, &asker)?;
    }
}
