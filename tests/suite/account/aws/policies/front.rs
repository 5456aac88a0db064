//! A policy check in front of the account: it answers only the calls that a command's policy grants.

use std::collections::BTreeSet;

use super::account::{few, many};
use super::{COMMANDS, Wire, granted};

/// The action that needs no permission. Source: STS API Reference, GetCallerIdentity.
const FREE: &str = "sts:GetCallerIdentity";

/// A policy check that grants only these actions.
fn policy_check(actions: &BTreeSet<String>) -> String {
    let granted = actions.iter().map(String::as_str).chain([FREE]);
    let granted = granted.map(|action| format!("{action}=allow,"));
    granted.collect::<String>() + "*=refuse"
}

#[test]
fn aws_each_command_works_with_its_policy_and_calls_all_of_it() {
    let [Some(few), Some(many)] = [few(), many()].map(|account| Wire::to(&account)) else {
        return;
    };
    for (command, _) in COMMANDS {
        let actions = granted(command);
        let mut called = BTreeSet::new();
        for wire in [&few, &many] {
            let free = wire.in_full_sight(command);
            assert!(
                !free.stderr.contains("not shown"),
                "{command}: {}",
                free.stderr
            );
            wire.account.calls();
            let checked = wire.run(command, &[], &policy_check(&actions));
            called.extend(wire.account.calls().into_keys());
            assert_eq!(checked, free, "{command}");
        }
        called.remove(FREE);
        assert_eq!(
            called, actions,
            "{command}: what is granted, and what is called"
        );
    }
}
