//! An account with a refused or failed call: each rule passes or fails only if it does so with complete data, and every
//! format names the missing data.

mod calls;
mod hidden;
mod told;

use std::collections::BTreeMap;

use rdsproxy_gen::domain::finding::Verdict;
use rdsproxy_gen::domain::limits::Limits;
use rdsproxy_gen::domain::snapshot::{
    ClearTextFacts, EndpointFacts, GroupRuleFacts, PolicyFacts, SecurityGroupFacts, Snapshot,
};
use rdsproxy_gen::rules::RULES;
use rdsproxy_gen::source::assemble::assemble;
use rdsproxy_gen::source::snapshot;
use serde_json::json;

use self::calls::{CALLS, without};

/// A hardened estate and a weak one.
const ACCOUNTS: [(&str, &str); 2] = [
    (
        "hardened",
        include_str!("../../reading/sources/account.json"),
    ),
    (
        "weak",
        include_str!("../../../../src/domain/demo/account.json"),
    ),
];

/// The account of generated-examples/postgresql-instance right after its deployment.
pub(crate) const DEPLOYED: &str = include_str!("deployed.json");

/// The weak account of `ACCOUNTS`.
#[cfg(feature = "aws")]
pub(crate) const WEAK: &str = ACCOUNTS[1].1;

/// The placeholders in a text, in any format: `<partition>`, `&lt;unknown: …&gt;`.
pub(crate) fn placeholders(text: &str) -> Vec<String> {
    let marks = r"(<|&lt;|\\<|\\u003c)(unknown:|partition|region|account|url suffix|proxy|secrets? |database|[a-z]+ of )[^<>&\n]{0,80}";
    let marks = regex::Regex::new(marks).unwrap();
    marks
        .find_iter(text)
        .map(|mark| mark.as_str().to_owned())
        .collect()
}

/// Reads a saved account; a key without a policy gets the default policy of KMS.
pub(crate) fn account(text: &str) -> Snapshot {
    let mut account: Snapshot = serde_json::from_str(text).unwrap();
    let root = format!("arn:aws:iam::{}:root", account.account_id);
    for key in &mut account.kms_keys {
        key.policy_visible = true;
        key.policy = Some(json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}]}));
    }
    account
}

/// The accounts, and one in which everything related to a proxy is weak in another way.
fn accounts() -> Vec<(&'static str, Snapshot)> {
    let mut accounts: Vec<(&str, Snapshot)> = ACCOUNTS
        .iter()
        .map(|(name, text)| (*name, account(text)))
        .collect();
    let mut opened = account(ACCOUNTS[0].1);
    opened.security_groups.push(SecurityGroupFacts {
        id: "sg-0open".to_owned(),
        name: "open".to_owned(),
        ingress: vec![GroupRuleFacts {
            protocol: "-1".to_owned(),
            cidr: Some("0.0.0.0/0".to_owned()),
            ..GroupRuleFacts::default()
        }],
        ..SecurityGroupFacts::default()
    });
    opened.proxies[0].endpoints.push(EndpointFacts {
        name: "wide".to_owned(),
        target_role: "READ_WRITE".to_owned(),
        security_group_ids: vec!["sg-0open".to_owned()],
        ..EndpointFacts::default()
    });
    opened.proxies[0].clear_text = Some(ClearTextFacts {
        client_hours: Some(3),
        database_hours: Some(2),
    });
    // The group does not belong to the database.
    let stranger = GroupRuleFacts {
        protocol: "tcp".to_owned(),
        from_port: Some(opened.db_instances[0].port.into()),
        to_port: Some(opened.db_instances[0].port.into()),
        group_id: Some("sg-0open".to_owned()),
        ..GroupRuleFacts::default()
    };
    let own = opened.proxies[0].security_group_ids.clone();
    for group in &mut opened.security_groups {
        if own.contains(&group.id) {
            group.egress = vec![stranger.clone()];
        }
    }
    for vpc in &mut opened.vpcs {
        vpc.encryption_controls = Some("enforce".to_owned());
    }
    for key in &mut opened.kms_keys {
        key.policy_visible = true;
        key.policy = Some(json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}));
    }
    // The function is in the group from which the database admits the proxy.
    opened.functions[0].security_group_ids = opened.proxies[0].security_group_ids.clone();
    for role in &mut opened.roles {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "rds-db:connect", "Resource": "*"}]});
        role.inline_policies.push(PolicyFacts {
            name: "wide".to_owned(),
            document: policy,
        });
    }
    accounts.push(("opened", opened));
    accounts
}

/// The verdicts by proxy and rule.
fn verdicts(account: &Snapshot) -> BTreeMap<(String, &'static str), Verdict> {
    let posture = assemble(&[snapshot::read(account)]);
    let mut verdicts = BTreeMap::new();
    for proxy in &posture.proxies {
        for rule in RULES {
            let verdict = rule.judge(proxy, &Limits::SERVICE).verdict(rule.info.id);
            verdicts.insert((proxy.address.clone(), rule.info.id), verdict);
        }
    }
    verdicts
}

/// Verdicts that are decided without some calls but differ with complete data.
fn invented(
    whole: &BTreeMap<(String, &'static str), Verdict>,
    part: &Snapshot,
    named: &str,
) -> Vec<String> {
    let open = |verdict: &Verdict| *verdict == Verdict::Undetermined;
    verdicts(part)
        .into_iter()
        .filter(|(key, verdict)| !open(verdict) && whole.get(key) != Some(verdict))
        .map(|((proxy, rule), verdict)| {
            let full = whole.get(&(proxy, rule));
            format!("{named}: {rule} is {verdict:?}, and {full:?} with full sight")
        })
        .collect()
}

#[test]
fn no_rule_passes_or_fails_on_what_a_failed_call_left_empty() {
    let mut wrong = Vec::new();
    for (name, account) in accounts() {
        let whole = verdicts(&account);
        for call in CALLS {
            let part = without(&account, &[*call]);
            wrong.extend(invented(
                &whole,
                &part,
                &format!("{name} without {}", call.0),
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nor_does_any_where_two_calls_fail() {
    let mut wrong = Vec::new();
    for (name, account) in accounts() {
        let whole = verdicts(&account);
        for (at, one) in CALLS.iter().enumerate() {
            for other in &CALLS[at + 1..] {
                let part = without(&account, &[*one, *other]);
                let named = format!("{name} without {} and {}", one.0, other.0);
                wrong.extend(invented(&whole, &part, &named));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_call_changes_something_that_it_is_tried_on() {
    // A call that returns no data in these accounts would prove nothing.
    let text = |account: &Snapshot| {
        let mut account = account.clone();
        account.not_visible.clear();
        serde_json::to_string(&account).unwrap()
    };
    let idle: Vec<&str> = CALLS
        .iter()
        .filter(|call| {
            let mut accounts = accounts().into_iter();
            accounts.all(|(_, account)| text(&account) == text(&without(&account, &[**call])))
        })
        .map(|call| call.0)
        .collect();
    assert_eq!(idle, [""; 0]);
}

#[test]
fn every_call_of_the_reader_is_tried() {
    let tried: BTreeMap<&str, &str> = CALLS.iter().map(|call| (call.0, call.1)).collect();
    // If a bulk call fails, these calls replace it.
    let table = rdsproxy_gen::domain::calls::CALLS.iter();
    let table =
        table.filter(|call| call.made != rdsproxy_gen::domain::calls::CallOccasion::ForMany);
    let table: BTreeMap<&str, &str> = table.map(|call| (call.action, call.field)).collect();
    assert_eq!(tried, table);
}
