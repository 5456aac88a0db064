//! Every service limit that a spec alone can exceed, and the message to the user. The limits that need the account are
//! rules.

use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::spec::Spec;

const SPEC: &str = include_str!("../../../src/domain/spec/sample.toml");

/// A change to a valid spec: its name, the replaced text, the replacement.
const BROKEN: &[(&str, &str, &str)] = &[
    ("region without the service", "eu-west-1", "ap-southeast-6"),
    ("one subnet", ", \"subnet-0aaaaaaaaaaaaaaa2\"]", "]"),
    (
        "no subnet",
        "[\"subnet-0aaaaaaaaaaaaaaa1\", \"subnet-0aaaaaaaaaaaaaaa2\"]",
        "[]",
    ),
    ("the same subnet twice", "aaaaaaa2\"]", "aaaaaaa1\"]"),
    (
        "a name with a double hyphen",
        "orders-proxy",
        "orders--proxy",
    ),
    (
        "a name that is too long",
        "orders-proxy",
        "o123456789-123456789-123456789-123456789-123456789-123456789-123",
    ),
    (
        "an engine that no proxy serves",
        "\"postgresql\"",
        "\"oracle\"",
    ),
    (
        "an Aurora instance",
        "\"postgresql\"",
        "\"aurora-postgresql\"",
    ),
    (
        "a SQL Server cluster",
        "engine = \"postgresql\"\nregion = \"eu-west-1\"\naccount_id = \"123456789012\"\n\n# Two zones.\n[network]\nvpc_id = \"vpc-0a1b2c3d4e5f60718\"\nsubnet_ids = [\"subnet-0aaaaaaaaaaaaaaa1\", \"subnet-0aaaaaaaaaaaaaaa2\"]\n\n[database]\nkind = \"instance\"",
        "engine = \"sqlserver\"\nregion = \"eu-west-1\"\naccount_id = \"123456789012\"\n\n# Two zones.\n[network]\nvpc_id = \"vpc-0a1b2c3d4e5f60718\"\nsubnet_ids = [\"subnet-0aaaaaaaaaaaaaaa1\", \"subnet-0aaaaaaaaaaaaaaa2\"]\n\n[database]\nkind = \"cluster\"",
    ),
    (
        "readers of an instance",
        "account_id",
        "read_only_endpoint = true\naccount_id",
    ),
    (
        "a proxy port that cannot be chosen",
        "account_id",
        "port = 6432\naccount_id",
    ),
    (
        "end-to-end IAM without the resource id",
        "account_id",
        "auth = \"end-to-end-iam\"\naccount_id",
    ),
    (
        "end-to-end IAM on SQL Server",
        "engine = \"postgresql\"",
        "auth = \"end-to-end-iam\"\nengine = \"sqlserver\"",
    ),
    (
        "an identifier in place of the resource id",
        "identifier = \"orders-db\"",
        "identifier = \"orders-db\"\nresource_id = \"orders-db\"",
    ),
    (
        "an ARN in place of the identifier",
        "\"orders-db\"",
        "\"arn:aws:rds:eu-west-1:123456789012:db:orders-db\"",
    ),
    (
        "the proxy's own user",
        "name = \"orders_rw\"",
        "name = \"rdsproxyadmin\"",
    ),
    (
        "the same user twice",
        "[[consumers]]",
        "[[users]]\nname = \"orders_rw\"\ndatabase = \"orders\"\n\n[[consumers]]",
    ),
    (
        "a user with a wildcard",
        "name = \"orders_rw\"",
        "name = \"orders_*\"",
    ),
    (
        "a user that MySQL does not take",
        "engine = \"postgresql\"",
        "engine = \"mysql\" # and a long user",
    ),
    (
        "no user",
        "[[users]]\nname = \"orders_rw\"\ndatabase = \"orders\"\n",
        "",
    ),
    (
        "a user that nobody defined",
        "users = [\"orders_rw\"]",
        "users = [\"orders_ro\"]",
    ),
    (
        "the same function twice",
        "[[consumers]]",
        "[[consumers]]\nfunction = \"orders-api\"\nrole = \"r\"\nsecurity_group_ids = [\"sg-0cccccccccccccccc\"]\nusers = [\"orders_rw\"]\n\n[[consumers]]",
    ),
    (
        "a secret without its suffix",
        "database = \"orders\"\n",
        "database = \"orders\"\nsecret = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders\"\n",
    ),
    (
        "a secret of another region",
        "database = \"orders\"\n",
        "database = \"orders\"\nsecret = \"arn:aws:secretsmanager:eu-west-2:123456789012:secret:orders-AbCdEf\"\n",
    ),
    (
        "the master user's secret",
        "database = \"orders\"\n",
        "database = \"orders\"\nsecret = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1b2c-AbCdEf\"\n",
    ),
    (
        "one secret for two users",
        "[[users]]\nname = \"orders_rw\"\ndatabase = \"orders\"\n",
        "[[users]]\nname = \"orders_rw\"\ndatabase = \"orders\"\nsecret = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf\"\n\n[[users]]\nname = \"orders_ro\"\ndatabase = \"orders\"\nsecret = \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf\"\n",
    ),
    (
        "a key's alias",
        "[[users]]",
        "[encryption]\nkms_key = \"arn:aws:kms:eu-west-1:123456789012:alias/orders\"\n\n[[users]]",
    ),
    (
        "a key of another account",
        "[[users]]",
        "[encryption]\nkms_key = \"arn:aws:kms:eu-west-1:210987654321:key/1b2c\"\n\n[[users]]",
    ),
    (
        "a topic of another region",
        "[[users]]",
        "[monitoring]\ntopic_arn = \"arn:aws:sns:us-east-1:123456789012:alarms\"\n\n[[users]]",
    ),
    (
        "a strict policy that locks everybody out",
        "[[users]]",
        "[encryption]\nstrict_secret_policy = true\n\n[[users]]",
    ),
    (
        "more connections than there are",
        "[[users]]",
        "[pool]\nmax_connections_percent = 101\n\n[[users]]",
    ),
    (
        "no connections at all",
        "[[users]]",
        "[pool]\nmax_connections_percent = 0\n\n[[users]]",
    ),
    (
        "more idle than open connections",
        "[[users]]",
        "[pool]\nmax_connections_percent = 50\nmax_idle_connections_percent = 60\n\n[[users]]",
    ),
    (
        "a borrow timeout over five minutes",
        "[[users]]",
        "[pool]\nborrow_timeout = 301\n\n[[users]]",
    ),
    (
        "an idle timeout over eight hours",
        "[[users]]",
        "[pool]\nidle_client_timeout = 28801\n\n[[users]]",
    ),
    (
        "a pinning filter for PostgreSQL",
        "[[users]]",
        "[pool]\nexclude_variable_sets = true\n\n[[users]]",
    ),
    (
        "a version that is not served",
        "kind = \"instance\"",
        "kind = \"instance\"\nengine_version = \"9.6.1\"",
    ),
    (
        "a parameter group of an unknown family",
        "tls = \"enforced\"",
        "tls = \"create-parameter-group\"",
    ),
    (
        "a parameter group of an unknown version",
        "tls = \"enforced\"",
        "tls = \"create-parameter-group\"\nengine_version = \"99.1\"",
    ),
    (
        "a tag that AWS keeps for itself",
        "[[users]]",
        "[tags]\n\"aws:team\" = \"x\"\n\n[[users]]",
    ),
    (
        "a tag that is too long",
        "[[users]]",
        "[tags]\nteam = \"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-\"\n\n[[users]]",
    ),
    (
        "a log kept for a time that does not exist",
        "[[users]]",
        "[monitoring]\nlog_retention_days = 42\n\n[[users]]",
    ),
];

/// The message to the user; none if the spec is accepted.
fn told(text: &str) -> Option<String> {
    match Spec::parse(text, "rdsproxy.toml").and_then(|spec| Blueprint::harden(&spec)) {
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

#[test]
fn the_sample_is_fine() {
    assert_eq!(told(SPEC), None);
}

#[test]
fn every_broken_limit_is_refused_with_its_line_and_its_way_out() {
    let mut table = String::new();
    for (what, from, to) in BROKEN {
        let mut text = SPEC.replacen(from, to, 1);
        assert_ne!(text, SPEC, "{what}: nothing was replaced");
        if to.contains("a long user") {
            text = text.replace(
                "orders_rw",
                "orders_rw_with_a_name_of_more_than_32_characters",
            );
        }
        let message = told(&text).unwrap_or_else(|| panic!("{what} was accepted"));
        for line in message.lines() {
            assert!(
                line.starts_with("rdsproxy.toml:"),
                "{what}: no place in {line:?}"
            );
        }
        table.push_str(&format!(
            "{what}\n    {}\n",
            message.replace('\n', "\n    ")
        ));
    }
    insta::assert_snapshot!(table);
}

/// The quota of the proxy itself. With custom secret names, the size limit of its role's policy is reached earlier: see
/// `sizes`.
#[test]
fn two_hundred_users_are_the_most() {
    let user = |number| format!("[[users]]\nname = \"u{number}\"\ndatabase = \"orders\"\n");
    let with = |count: usize| {
        SPEC.replacen(
            "[[consumers]]",
            &format!(
                "{}\n[[consumers]]",
                (1..count).map(user).collect::<String>()
            ),
            1,
        )
    };
    assert!(!told(&with(200)).unwrap().contains("more than the 200"));
    assert_eq!(told(&with(100)), None);
    assert!(told(&with(201)).unwrap().contains("more than the 200"));
}
