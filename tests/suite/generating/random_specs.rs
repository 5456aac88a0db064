//! Random valid specs: every engine, kind, mode and option, in unusual combinations.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::Index;
use rdsproxy_gen::domain::engine::{ENGINES, Engine};

const REGIONS: &[&str] = &[
    "eu-west-1",
    "us-east-1",
    "us-gov-west-1",
    "cn-north-1",
    "ap-southeast-2",
];
const DIGITS: &str = "0123456789abcdef";

/// An id of a kind of resource: the prefix and 17 hexadecimal digits.
fn id(prefix: &'static str) -> impl Strategy<Value = String> {
    proptest::collection::vec(0..16_usize, 17).prop_map(move |digits| {
        digits
            .into_iter()
            .fold(prefix.to_owned(), |id, digit| id + &DIGITS[digit..=digit])
    })
}

fn ids(
    prefix: &'static str,
    count: std::ops::RangeInclusive<usize>,
) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_set(id(prefix), count).prop_map(|ids| ids.into_iter().collect())
}

/// Names of users, functions and roles, with characters that a careless template would not handle.
fn names(
    count: std::ops::RangeInclusive<usize>,
    pattern: &'static str,
) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_set(pattern, count)
        .prop_filter("the proxy's own user", |names| {
            !names.contains("rdsproxyadmin")
        })
        .prop_map(|names| names.into_iter().collect())
}

/// The random parts of a spec.
#[derive(Debug)]
struct Draw {
    engine: &'static Engine,
    cluster: bool,
    end_to_end: bool,
    region: &'static str,
    subnets: Vec<String>,
    database_groups: Vec<String>,
    consumer_groups: Vec<String>,
    users: Vec<String>,
    functions: Vec<String>,
    roles: Vec<String>,
    picks: Vec<Index>,
    flags: Vec<bool>,
    numbers: Vec<u32>,
    tags: Vec<(String, String)>,
    proxy: String,
}

fn draw() -> impl Strategy<Value = Draw> {
    let things = (
        ids("subnet-", 2..=5),
        ids("sg-", 1..=3),
        ids("sg-", 1..=3),
        names(1..=5, "[A-Za-z_][A-Za-z0-9_-]{0,20}"),
        names(0..=4, "[A-Za-z0-9_-]{1,30}"),
        names(1..=3, "[A-Za-z0-9+=,.@_-]{1,30}"),
    );
    let rest = (
        proptest::collection::vec(any::<Index>(), 40),
        proptest::collection::vec(any::<bool>(), 40),
        proptest::collection::vec(0..=100_u32, 8),
        proptest::collection::vec(
            (
                "[A-Za-z0-9_.:/=+@-]{1,20}",
                "[A-Za-zäßéŁжд0-9_.:/=+@-]{1,30}",
            ),
            0..=4,
        ),
        "[a-z](-?[a-z0-9]){0,31}",
    );
    let head = (
        (0..ENGINES.len()).prop_map(|at| &ENGINES[at]),
        any::<bool>(),
        any::<bool>(),
        proptest::sample::select(REGIONS),
    );
    (head, things, rest).prop_map(|(head, things, rest)| Draw {
        engine: head.0,
        cluster: head.0.aurora || (head.1 && head.0.id != "sqlserver" && head.0.id != "mariadb"),
        end_to_end: head.2 && head.0.family.traits().end_to_end_iam,
        region: head.3,
        subnets: things.0,
        database_groups: things.1,
        consumer_groups: things.2,
        users: things.3,
        functions: things.4,
        roles: things.5,
        picks: rest.0,
        flags: rest.1,
        numbers: rest.2,
        tags: rest.3,
        proxy: rest.4,
    })
}

impl Draw {
    fn flag(&self, at: usize) -> bool {
        self.flags[at % self.flags.len()]
    }

    fn pick<'a>(&self, at: usize, from: &'a [String]) -> &'a str {
        &from[self.picks[at % self.picks.len()].index(from.len())]
    }

    fn partition(&self) -> &'static str {
        match &self.region[..3] {
            "us-" if self.region.starts_with("us-gov") => "aws-us-gov",
            "cn-" => "aws-cn",
            _ => "aws",
        }
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}:{}:123456789012:{resource}",
            self.partition(),
            self.region
        )
    }

    fn version(&self) -> &'static str {
        match self.engine.id {
            "mysql" => "8.4.3",
            "mariadb" => "10.11.9",
            "postgresql" => "16.4",
            "sqlserver" => "15.00.4410.1.v1",
            "aurora-mysql" => "8.0.mysql_aurora.3.08.0",
            _ => self.engine.version_example,
        }
    }

    fn head(&self) -> String {
        let auth = if self.end_to_end {
            "end-to-end-iam"
        } else {
            "secrets"
        };
        format!(
            "schema = 1\n[proxy]\nname = \"{}\"\nengine = \"{}\"\nregion = \"{}\"\naccount_id = \"123456789012\"\nauth = \"{auth}\"\nread_only_endpoint = {}\n\
             [network]\nvpc_id = \"vpc-0123456789abcdef0\"\nsubnet_ids = {:?}\n",
            self.proxy,
            self.engine.id,
            self.region,
            self.cluster && self.flag(0),
            self.subnets,
        )
    }

    fn database(&self) -> String {
        let (kind, resource) = if self.cluster {
            ("cluster", "cluster-ABCDEF0123")
        } else {
            ("instance", "db-ABCDEF0123")
        };
        let tls = if self.flag(1) {
            "enforced"
        } else {
            "create-parameter-group"
        };
        let mut text = format!(
            "[database]\nkind = \"{kind}\"\nidentifier = \"{}-db\"\nresource_id = \"{resource}\"\nengine_version = \"{}\"\nport = {}\nsecurity_group_ids = {:?}\ntls = \"{tls}\"\n",
            self.proxy,
            self.version(),
            1024 + self.numbers[0] * 7,
            self.database_groups,
        );
        if self.engine.id == "sqlserver" {
            text.push_str("parameter_group_family = \"sqlserver-se-15.0\"\n");
        }
        text
    }

    fn users(&self) -> String {
        let mut text = String::new();
        for (at, user) in self.users.iter().enumerate() {
            let access = if self.flag(2 + at) {
                "read-only"
            } else {
                "read-write"
            };
            write!(
                text,
                "[[users]]\nname = \"{user}\"\ndatabase = \"app\"\naccess = \"{access}\"\n"
            )
            .unwrap();
            if !self.end_to_end && self.flag(10 + at) {
                let arn = self.arn("secretsmanager", &format!("secret:app/{at}-AbCdEf"));
                writeln!(text, "secret = \"{arn}\"").unwrap();
                if self.flag(20 + at) {
                    let key = self.arn("kms", &format!("key/{at}b2c"));
                    writeln!(text, "secret_kms_key = \"{key}\"").unwrap();
                }
            }
        }
        text
    }

    fn consumers(&self) -> String {
        let mut text = String::new();
        for (at, function) in self.functions.iter().enumerate() {
            let role = self.pick(at, &self.roles);
            let groups = [self.pick(10 + at, &self.consumer_groups)];
            let mut users = vec![
                self.pick(20 + at, &self.users),
                self.pick(30 + at, &self.users),
            ];
            users.dedup();
            write!(
                text,
                "[[consumers]]\nfunction = \"{function}\"\nrole = \"{role}\"\nsecurity_group_ids = {groups:?}\nusers = {users:?}\n"
            )
            .unwrap();
        }
        text
    }

    fn rest(&self) -> String {
        let mut text = String::from("[encryption]\n");
        if self.flag(3) {
            writeln!(text, "kms_key = \"{}\"", self.arn("kms", "key/1b2c")).unwrap();
        }
        if self.flag(4) {
            let reader = format!("arn:{}:iam::123456789012:role/deploy", self.partition());
            writeln!(
                text,
                "strict_secret_policy = true\nsecret_readers = [\"{reader}\"]"
            )
            .unwrap();
        }
        let most = self.numbers[1].max(1);
        write!(
            text,
            "[pool]\nmax_connections_percent = {most}\nmax_idle_connections_percent = {}\nborrow_timeout = {}\nidle_client_timeout = {}\nexclude_variable_sets = {}\n",
            self.numbers[2].min(most),
            self.numbers[3] * 3,
            1 + self.numbers[4] * 280,
            self.flag(5) && !self.engine.family.traits().pinning_filters.is_empty(),
        )
        .unwrap();
        text.push_str("[monitoring]\nlog_retention_days = 30\n");
        if self.flag(6) {
            writeln!(text, "topic_arn = \"{}\"", self.arn("sns", "alarms")).unwrap();
        }
        text.push_str("[tags]\n");
        // IAM treats keys that differ only in case as equal, so a spec with both is refused: tests/suite/generating/sizes.rs.
        let tags = self.tags.iter().map(|tag| (tag.0.to_lowercase(), tag));
        let tags: std::collections::BTreeMap<_, _> = tags.collect();
        for (_, (key, value)) in tags.into_iter().filter(|(key, _)| !key.starts_with("aws:")) {
            writeln!(text, "\"{key}\" = \"{value}\"").unwrap();
        }
        text
    }
}

/// The text of a random valid spec.
pub(crate) fn spec_text() -> impl Strategy<Value = String> {
    draw().prop_map(|draw| {
        [
            draw.head(),
            draw.database(),
            draw.users(),
            draw.consumers(),
            draw.rest(),
        ]
        .concat()
    })
}

proptest! {
    #![proptest_config(crate::support::scale::config("specs parsed"))]

    #[test]
    fn they_are_valid(text in spec_text()) {
        use rdsproxy_gen::domain::{blueprint::Blueprint, spec::Spec};
        let spec = Spec::parse(&text, "random.toml").map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        Blueprint::harden(&spec).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
    }
}
