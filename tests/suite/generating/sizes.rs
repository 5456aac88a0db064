//! Names and proxies at their limits: the rendered code fits AWS, or is refused with the number and a remedy.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rdsproxy_gen::app::{proof, read_back};
use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::facts::compare;
use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::language::resource::{Node, Value};
use rdsproxy_gen::language::yaml;

use crate::generating::examples::rendered;

/// The parts of a large spec.
struct Large {
    proxy: String,
    users: Vec<String>,
    /// The function, role and groups of each consumer, which connects as the first user.
    consumers: Vec<(String, String, Vec<String>)>,
    /// The text after the generated spec.
    rest: &'static str,
}

impl Large {
    fn named(proxy: &str) -> Self {
        Self {
            proxy: proxy.to_owned(),
            users: vec!["app".to_owned()],
            consumers: Vec::new(),
            rest: "",
        }
    }

    fn text(&self) -> String {
        let mut text = format!(
            "schema = 1\n[proxy]\nname = \"{}\"\nengine = \"postgresql\"\nregion = \"ap-southeast-2\"\naccount_id = \"123456789012\"\n\
             [network]\nvpc_id = \"vpc-0a1b2c3d4e5f60718\"\nsubnet_ids = [\"subnet-0aaaaaaaaaaaaaaa1\", \"subnet-0aaaaaaaaaaaaaaa2\"]\n\
             [database]\nkind = \"instance\"\nidentifier = \"{}\"\nengine_version = \"16.4\"\nsecurity_group_ids = [\"sg-0dddddddddddddddd\"]\n\
             tls = \"create-parameter-group\"\n",
            self.proxy,
            "d".repeat(63),
        );
        for user in &self.users {
            write!(text, "[[users]]\nname = \"{user}\"\ndatabase = \"app\"\n").unwrap();
        }
        for (function, role, groups) in &self.consumers {
            write!(
                text,
                "[[consumers]]\nfunction = \"{function}\"\nrole = \"{role}\"\nsecurity_group_ids = {groups:?}\nusers = [\"{}\"]\n",
                self.users[0]
            )
            .unwrap();
        }
        text + self.rest
    }

    fn blueprint(&self) -> Result<Blueprint, String> {
        let text = self.text();
        let spec = Spec::parse(&text, "rdsproxy.toml").map_err(|error| error.to_string())?;
        Blueprint::harden(&spec).map_err(|error| error.to_string())
    }

    /// The refusal of `new`, or none.
    fn refusal(&self) -> Option<String> {
        match self.blueprint() {
            Err(refusal) => Some(refusal),
            Ok(blueprint) => proof::prove(&blueprint, None)
                .err()
                .map(|error| error.to_string()),
        }
    }
}

fn numbered(count: usize, stem: &str, length: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("{stem}{number:0width$}", width = length - stem.len()))
        .collect()
}

/// Names with limits in AWS: the type of the resource, the attribute with the name, and its maximum length.
const NAMES: &[(&str, &str, usize)] = &[
    // CloudWatch API Reference, PutMetricAlarm.
    ("aws_cloudwatch_metric_alarm", "alarm_name", 255),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255),
    // EventBridge API Reference, PutRule.
    ("aws_cloudwatch_event_rule", "name", 64),
    ("AWS::Events::Rule", "Name", 64),
    ("aws_cloudwatch_event_rule", "description", 512),
    ("AWS::Events::Rule", "Description", 512),
    // IAM API Reference, CreateRole and PutRolePolicy.
    ("aws_iam_role", "name", 64),
    ("AWS::IAM::Role", "RoleName", 64),
    ("aws_iam_role", "description", 1000),
    ("AWS::IAM::Role", "Description", 1000),
    ("aws_iam_role_policy", "name", 128),
    ("AWS::IAM::RolePolicy", "PolicyName", 128),
    // EC2 API Reference, CreateSecurityGroup.
    ("aws_security_group", "name", 255),
    ("AWS::EC2::SecurityGroup", "GroupName", 255),
    ("aws_security_group", "description", 255),
    ("AWS::EC2::SecurityGroup", "GroupDescription", 255),
    // Secrets Manager API Reference, CreateSecret.
    ("aws_secretsmanager_secret", "name", 512),
    ("AWS::SecretsManager::Secret", "Name", 512),
    ("aws_secretsmanager_secret", "description", 2048),
    ("AWS::SecretsManager::Secret", "Description", 2048),
    // KMS API Reference, CreateAlias.
    ("aws_kms_alias", "name", 256),
    ("AWS::KMS::Alias", "AliasName", 256),
    // CloudWatch Logs API Reference, CreateLogGroup.
    ("aws_cloudwatch_log_group", "name", 512),
    ("AWS::Logs::LogGroup", "LogGroupName", 512),
    // RDS API Reference, CreateDBProxy, CreateDBProxyEndpoint, CreateDBParameterGroup.
    ("aws_db_proxy", "name", 63),
    ("AWS::RDS::DBProxy", "DBProxyName", 63),
    ("aws_db_proxy_endpoint", "db_proxy_endpoint_name", 63),
    ("AWS::RDS::DBProxyEndpoint", "DBProxyEndpointName", 63),
    ("aws_db_parameter_group", "name", 255),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName", 255),
];

/// All names in the rendered code of a blueprint, as (type, member, name).
fn names(blueprint: &Blueprint) -> Vec<(String, &'static str, String)> {
    let files = rendered(blueprint);
    let mut found = Vec::new();
    for target in ["terraform", "cloudformation"] {
        for resource in read_back::document(target, &files).unwrap().resources {
            let members = NAMES.iter().filter(|(kind, ..)| *kind == resource.kind);
            for (_, member, _) in members {
                if let Some(name) = resource.body.get(member).and_then(text) {
                    found.push((resource.kind.clone(), *member, name));
                }
            }
        }
    }
    found
}

fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(_) => node.value.as_text(),
        _ => None,
    }
}

/// A blueprint in which every name has its maximum length.
fn longest(proxy: &str) -> Blueprint {
    Large {
        proxy: proxy.to_owned(),
        users: numbered(3, "u", 63),
        consumers: vec![
            (
                "f".repeat(64),
                "r".repeat(64),
                vec!["sg-0cccccccccccccccc".to_owned()],
            ),
            (
                "g".repeat(64),
                format!("{}q", "r".repeat(63)),
                vec!["sg-0eeeeeeeeeeeeeeee".to_owned()],
            ),
        ],
        rest: "",
    }
    .blueprint()
    .unwrap()
}

#[test]
fn the_longest_names_fit_and_stay_apart() {
    let (one, other) = (
        format!("{}a", "p".repeat(62)),
        format!("{}b", "p".repeat(62)),
    );
    let (one, other) = (longest(&one), longest(&other));
    proof::prove(&one, None).unwrap();
    let found = names(&one);
    for (kind, member, most) in NAMES {
        // Endpoints exist for clusters only; their names are tested separately.
        let is_there = found.iter().any(|(k, m, _)| k == kind && m == member);
        assert_eq!(is_there, !kind.contains("ndpoint"), "{kind}: {member}");
        for (.., name) in found.iter().filter(|(k, m, _)| k == kind && m == member) {
            assert!(
                name.len() <= *most,
                "{kind} {member}: {} of {most}: {name}",
                name.len()
            );
        }
    }
    // Resources that two proxies create in one account never have the same name. The connect policy is part of the
    // consumer's role and specific to the proxy; the policy of the proxy's role is part of that role, and the parameter
    // group belongs to the database.
    let own: BTreeSet<_> = found.into_iter().filter(is_unique).collect();
    let others: BTreeSet<_> = names(&other).into_iter().filter(is_unique).collect();
    let shared: Vec<_> = own.intersection(&others).collect();
    assert!(shared.is_empty(), "{shared:?}");
}

fn is_unique((kind, member, name): &(String, &'static str, String)) -> bool {
    !member.to_lowercase().contains("description")
        && !kind.to_lowercase().contains("parameter")
        && name != "read-secrets-or-connect"
}

#[test]
fn alarms_and_rules_have_the_same_names_in_both_targets() {
    for proxy in ["orders-proxy", &"p".repeat(63)] {
        let found = names(&longest(proxy));
        let of = |kind: &str| -> BTreeSet<String> {
            let named = found
                .iter()
                .filter(|(k, m, _)| k == kind && !m.to_lowercase().contains("description"));
            named.map(|(.., name)| name.clone()).collect()
        };
        for (terraform, cloudformation) in [
            ("aws_cloudwatch_metric_alarm", "AWS::CloudWatch::Alarm"),
            ("aws_cloudwatch_event_rule", "AWS::Events::Rule"),
            ("aws_iam_role", "AWS::IAM::Role"),
            ("aws_security_group", "AWS::EC2::SecurityGroup"),
            ("aws_secretsmanager_secret", "AWS::SecretsManager::Secret"),
        ] {
            assert!(!of(terraform).is_empty(), "{terraform}");
            assert_eq!(of(terraform), of(cloudformation), "{proxy}");
        }
    }
}

#[test]
fn a_read_only_endpoint_of_the_longest_name_fits() {
    let text = Large::named(&"p".repeat(63))
        .text()
        .replace("kind = \"instance\"", "kind = \"cluster\"")
        .replace("\"postgresql\"", "\"aurora-postgresql\"")
        .replace("account_id", "read_only_endpoint = true\naccount_id");
    let blueprint = Blueprint::harden(&Spec::parse(&text, "rdsproxy.toml").unwrap()).unwrap();
    let found = names(&blueprint);
    let endpoints: Vec<_> = found
        .iter()
        .filter(|(kind, ..)| kind.contains("ndpoint"))
        .collect();
    assert_eq!(endpoints.len(), 2);
    assert!(
        endpoints
            .iter()
            .all(|(.., name)| name.len() <= 63 && !name.contains("--")),
        "{endpoints:?}"
    );
}

#[test]
fn as_many_users_as_a_role_can_read_for_are_written_and_one_more_is_refused() {
    let fits = |count: usize| {
        let large = Large {
            users: numbered(count, "user_", 12),
            ..Large::named("orders-proxy")
        };
        large.refusal()
    };
    let most = (1..=200)
        .take_while(|count| fits_in_a_role(*count))
        .last()
        .unwrap();
    assert_eq!(fits(most), None, "{most} users");
    let refusal = fits(most + 1).unwrap();
    assert!(
        refusal.contains("inline policy")
            && refusal.contains("10240")
            && refusal.contains("rdsproxy.toml:"),
        "{refusal}"
    );
    assert!(fits(200).unwrap().contains("split the users"));
    assert!(fits(201).unwrap().contains("201 secrets"));
}

fn fits_in_a_role(users: usize) -> bool {
    let large = Large {
        users: numbered(users, "user_", 12),
        ..Large::named("orders-proxy")
    };
    large.blueprint().is_ok()
}

#[test]
fn the_policy_that_is_written_is_no_longer_than_the_one_that_was_measured() {
    let count = (1..=200)
        .take_while(|count| fits_in_a_role(*count))
        .last()
        .unwrap();
    let large = Large {
        users: numbered(count, "user_", 12),
        ..Large::named("orders-proxy")
    };
    let blueprint = large.blueprint().unwrap();
    let arns: usize = blueprint
        .users
        .iter()
        .map(|user| {
            format!("\"arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:rdsproxy/orders-proxy/{}-AbCdEf\",", user.name).len()
        })
        .sum();
    // The statement, condition and key of the target with the longer text, written out once.
    let frame = r#"{"Version":"2012-10-17","Statement":[{"Sid":"ReadTheSecretsOfItsUsers","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":[]},{"Sid":"DecryptThemThroughSecretsManager","Effect":"Allow","Action":"kms:Decrypt","Resource":["arn:aws:kms:ap-southeast-2:123456789012:key/12345678-1234-1234-1234-123456789012"],"Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.ap-southeast-2.amazonaws.com"}}}]}"#;
    assert!(
        arns + frame.len() <= 10_240,
        "{} characters",
        arns + frame.len()
    );
    assert!(
        arns + frame.len() > 10_240 - 250,
        "the limit gives away {} characters",
        10_240 - arns - frame.len()
    );
}

#[test]
fn many_consumers_are_written_in_full_or_refused() {
    let consumers = |count: usize, groups_each: usize, distinct: usize| Large {
        consumers: (0..count)
            .map(|at| {
                let groups = (0..groups_each)
                    .map(|group| format!("sg-{:017x}", (at * groups_each + group) % distinct))
                    .collect();
                (format!("function-{at}"), format!("role-{at}"), groups)
            })
            .collect(),
        ..Large::named("orders-proxy")
    };
    let many = consumers(90, 2, 180);
    assert_eq!(many.refusal(), None);
    let blueprint = many.blueprint().unwrap();
    let files = rendered(&blueprint);
    for target in ["terraform", "cloudformation"] {
        let comparison = compare(
            &blueprint.posture(),
            &read_back::posture(target, &files).unwrap(),
        );
        assert!(
            comparison.differences.is_empty() && comparison.hidden.is_empty(),
            "{target}"
        );
    }
    let too_many_parameters = consumers(199, 1, 20).refusal().unwrap();
    assert!(
        too_many_parameters.contains("parameters, and CloudFormation takes 200"),
        "{too_many_parameters}"
    );
    let too_long = consumers(100, 3, 300).refusal().unwrap();
    assert!(
        too_long.contains("a parameter of CloudFormation holds 4096"),
        "{too_long}"
    );
    let terraform_only = Large {
        rest: "[output]\ntargets = [\"terraform\"]\n",
        ..consumers(199, 3, 300)
    };
    assert_eq!(terraform_only.refusal(), None);
}

#[test]
fn a_template_counts_its_resources() {
    let blueprint = Large::named("orders-proxy").blueprint().unwrap();
    let template = yaml::load(&rendered(&blueprint)["cloudformation/template.yaml"])
        .unwrap()
        .unwrap();
    let count = |section: &str| template.get(section).unwrap().members().len();
    assert!(count("Resources") > 10 && count("Parameters") > 3);
}

#[test]
fn tags_that_a_service_would_refuse_are_refused() {
    let tagged = |tags: &'static str| {
        Large {
            rest: tags,
            ..Large::named("orders-proxy")
        }
        .refusal()
    };
    assert_eq!(tagged("[tags]\nteam = \"a\"\nstage = \"b\"\n"), None);
    for (tags, told) in [
        (
            "[tags]\nteam = \"a\"\nTeam = \"b\"\n",
            "differ in capitals only",
        ),
        ("[tags]\n\"rdsproxy-gen:username\" = \"a\"\n", "already"),
        ("[tags]\nteam = \"\"\n", "1 to 128"),
    ] {
        let refusal = tagged(tags).unwrap();
        assert!(
            refusal.contains(told) && refusal.contains("rdsproxy.toml:"),
            "{refusal}"
        );
    }
    let mut text = Large::named("orders-proxy").text() + "[tags]\n";
    for number in 0..50 {
        writeln!(text, "t{number} = \"x\"").unwrap();
    }
    let error = Blueprint::harden(&Spec::parse(&text, "rdsproxy.toml").unwrap())
        .unwrap_err()
        .to_string();
    assert!(error.contains("50 tags"), "{error}");
}
