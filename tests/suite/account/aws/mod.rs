//! The live account: a seeded fake AWS, one that refuses everything, and none at all.

mod failures;
mod mutations;
mod policies;
mod scale;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};

use rdsproxy_gen::domain::snapshot::Snapshot;

use crate::generating::acceptance::fake_aws::FakeAws;
use crate::generating::acceptance::tools::said;

/// Runs the tool isolated from any real account of the person who runs the tests.
fn tool(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_rdsproxy-gen"))
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn signed_in(endpoint: &str) -> [(&str, &str); 3] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
    ]
}

fn snapshot(endpoint: &str, region: &str) -> (Snapshot, String) {
    let output = tool(&["snapshot", "--region", region], &signed_in(endpoint));
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    (Snapshot::parse(&text, "stdout").unwrap(), text)
}

fn texts(value: &toml::Value) -> Vec<String> {
    let values = value.as_array().into_iter().flatten();
    values
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn aws_what_was_seeded_and_deployed_is_seen() {
    let Some(fake) = FakeAws::start() else {
        return;
    };
    let example = Path::new("generated-examples/mariadb-existing-secret");
    let spec_file = example.join("rdsproxy.toml");
    let spec: toml::Table = std::fs::read_to_string(&spec_file)
        .unwrap()
        .parse()
        .unwrap();
    let region = spec["proxy"]["region"].as_str().unwrap();
    fake.seed(&spec_file);
    fake.deploy(region, "orders", &example.join("cloudformation"));

    let (seen, text) = snapshot(&fake.endpoint, region);
    assert_eq!(seen.account_id, "123456789012");
    assert_eq!(
        (seen.region.as_str(), seen.partition.as_str()),
        (region, "aws")
    );
    sees_the_network(&seen, &spec);
    sees_the_database(&seen, &spec);
    sees_the_consumers(&seen, &spec);
    sees_the_proxy(&seen, &spec);
    assert!(!text.contains("seeded"), "a password was read");
    // A target may become healthy between the two runs.
    let settled = |text: &str| text.replace("REGISTERING", "AVAILABLE");
    assert_eq!(
        settled(&snapshot(&fake.endpoint, region).1),
        settled(&text),
        "two readings differ"
    );
}

fn sees_the_network(seen: &Snapshot, spec: &toml::Table) {
    let vpc = spec["network"]["vpc_id"].as_str().unwrap();
    let found = seen.vpcs.iter().find(|facts| facts.id == vpc).unwrap();
    assert_eq!(
        (found.cidrs.as_slice(), found.tenancy.as_str()),
        (&["10.20.0.0/16".to_owned()][..], "default")
    );
    let subnets = seen.subnets.iter().filter(|subnet| subnet.vpc_id == vpc);
    let mut wanted = texts(&spec["network"]["subnet_ids"]);
    wanted.sort();
    assert_eq!(
        subnets
            .clone()
            .map(|subnet| subnet.id.clone())
            .collect::<Vec<_>>(),
        wanted
    );
    for subnet in subnets {
        assert_eq!(subnet.public, Some(false), "{subnet:?}");
        assert!(
            subnet.free_addresses > 0 && !subnet.zone_id.is_empty(),
            "{subnet:?}"
        );
    }
    for id in texts(&spec["database"]["security_group_ids"]) {
        let group = seen.security_groups.iter().find(|group| group.id == id);
        let group = group.unwrap();
        assert_eq!(group.vpc_id, vpc);
        // The stack opens the database to the proxy.
        assert!(
            group.ingress.iter().any(|rule| rule.group_id.is_some()),
            "{group:?}"
        );
    }
}

fn sees_the_database(seen: &Snapshot, spec: &toml::Table) {
    let database = &spec["database"];
    let identifier = database["identifier"].as_str().unwrap();
    let found = seen
        .db_instances
        .iter()
        .find(|facts| facts.identifier == identifier);
    let found = found.unwrap();
    assert_eq!((found.engine.as_str(), found.port), ("mariadb", 3306));
    assert_eq!(found.vpc_id, spec["network"]["vpc_id"].as_str().unwrap());
    assert_eq!(found.master_username, "master");
    let group = seen
        .parameter_groups
        .iter()
        .find(|group| group.name == found.parameter_group);
    let group = group.unwrap();
    assert!(
        !group.cluster && group.family.starts_with("mariadb"),
        "{group:?}"
    );
    let enforced = database.get("tls").and_then(toml::Value::as_str) == Some("enforced");
    let forced = group.parameters.get("require_secure_transport");
    assert_eq!(
        forced.is_some_and(|value| value == "1"),
        enforced,
        "{group:?}"
    );
}

fn sees_the_consumers(seen: &Snapshot, spec: &toml::Table) {
    for consumer in spec["consumers"].as_array().unwrap() {
        let name = consumer["function"].as_str().unwrap();
        let found = seen
            .functions
            .iter()
            .find(|function| function.name == name)
            .unwrap();
        assert_eq!(
            found.security_group_ids,
            texts(&consumer["security_group_ids"])
        );
        assert_eq!(found.vpc_id.as_deref(), spec["network"]["vpc_id"].as_str());
        let role = consumer["role"].as_str().unwrap();
        let role = seen.roles.iter().find(|facts| facts.name == role).unwrap();
        assert_eq!(role.arn, found.role_arn);
        assert!(
            role.complete && role.trust["Statement"].is_array(),
            "{role:?}"
        );
    }
}

fn sees_the_proxy(seen: &Snapshot, spec: &toml::Table) {
    let name = spec["proxy"]["name"].as_str().unwrap();
    let proxy = seen
        .proxies
        .iter()
        .find(|proxy| proxy.name == name)
        .unwrap();
    assert!(proxy.require_tls && !proxy.debug_logging);
    assert_eq!(proxy.engine_family, "MYSQL");
    let targets: Vec<_> = proxy
        .targets
        .iter()
        .map(|target| target.identifier.as_str())
        .collect();
    assert_eq!(targets, [spec["database"]["identifier"].as_str().unwrap()]);
    let role = seen
        .roles
        .iter()
        .find(|role| role.arn == proxy.role_arn)
        .unwrap();
    let policies = role.inline_policies.len() + role.attached_policies.len();
    assert!(role.complete && policies > 0, "{role:?}");
    for entry in &proxy.auth {
        let arn = entry.secret_arn.as_ref().unwrap();
        let secret = seen
            .secrets
            .iter()
            .find(|secret| secret.arn == *arn)
            .unwrap();
        assert!(secret.policy_visible, "{secret:?}");
        if let Some(key) = &secret.kms_key_id {
            let facts = seen.kms_keys.iter().find(|facts| facts.arn == *key);
            assert!(facts.unwrap().policy_visible, "{key}");
        }
    }
}

#[test]
fn aws_new_writes_from_the_live_account() {
    let Some(fake) = FakeAws::start() else {
        return;
    };
    fake.seed(Path::new(
        "generated-examples/postgresql-instance/rdsproxy.toml",
    ));
    let spec = std::fs::read_to_string("generated-examples/postgresql-instance/rdsproxy.toml");
    let spec: toml::Table = spec.unwrap().parse().unwrap();
    let region = spec["proxy"]["region"].as_str().unwrap();
    let consumer = spec["consumers"][0]["function"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("made");
    let consumers = format!("consumers={consumer}");
    let arguments = [
        "new",
        out.to_str().unwrap(),
        "--live",
        "--region",
        region,
        "--defaults",
        "--set",
        &consumers,
    ];
    let output = tool(&arguments, &signed_in(&fake.endpoint));
    assert!(output.status.success(), "{}", said(&output));
    let written = std::fs::read_to_string(out.join("rdsproxy.toml")).unwrap();
    let database = spec["database"]["identifier"].as_str().unwrap();
    assert!(
        written.contains(&format!("identifier = \"{database}\"")),
        "{written}"
    );
}

/// Answers AccessDenied to everything except `GetCallerIdentity` until the test ends.
fn refuse_everything() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream) {
    let request = request(&mut stream);
    let (status, kind, body) = if request.contains("Action=GetCallerIdentity") {
        let identity = "<Arn>arn:aws-us-gov:iam::210987654321:user/a</Arn><UserId>A</UserId><Account>210987654321</Account>";
        let body = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>{identity}</GetCallerIdentityResult></GetCallerIdentityResponse>"
        );
        ("200 OK", "text/xml", body)
    } else if request.contains("Version=2016-11-15") {
        let error = "<Error><Code>UnauthorizedOperation</Code><Message>not you</Message></Error>";
        (
            "403 Forbidden",
            "text/xml",
            format!("<Response><Errors>{error}</Errors></Response>"),
        )
    } else if request.contains("Action=") {
        let error = "<Error><Code>AccessDenied</Code><Message>not you</Message></Error>";
        (
            "403 Forbidden",
            "text/xml",
            format!("<ErrorResponse>{error}</ErrorResponse>"),
        )
    } else {
        let body = "{\"__type\": \"AccessDeniedException\", \"message\": \"not you\"}";
        (
            "403 Forbidden",
            "application/x-amz-json-1.1",
            body.to_owned(),
        )
    };
    // The client may have disconnected.
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// Reads the whole request as text.
fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut block = [0; 4096];
    loop {
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length = head.to_lowercase();
            let length = length
                .split_once("content-length: ")
                .map_or("0", |(_, rest)| rest);
            let length = length
                .lines()
                .next()
                .unwrap_or("0")
                .trim()
                .parse()
                .unwrap_or(0);
            if body.len() >= length {
                return whole;
            }
        }
        match stream.read(&mut block) {
            Ok(0) | Err(_) => return whole,
            Ok(read) => text.extend_from_slice(&block[..read]),
        }
    }
}

#[test]
fn aws_what_is_refused_says_what_to_grant() {
    let endpoint = refuse_everything();
    let arguments = ["snapshot", "--region", "us-gov-west-1"];
    let output = tool(&arguments, &signed_in(&endpoint));
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8_lossy(&output.stdout);
    let seen = Snapshot::parse(&text, "stdout").unwrap();
    assert_eq!(seen.partition, "aws-us-gov");
    assert_eq!(seen.account_id, "210987654321");
    let actions: Vec<&str> = seen
        .not_visible
        .iter()
        .map(|gap| gap.action.as_str())
        .collect();
    let expected = [
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEncryptionControls",
        "ec2:DescribeVpcs",
        "kms:ListAliases",
        "lambda:ListFunctions",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "rds:DescribeDBProxies",
        "secretsmanager:ListSecrets",
    ];
    assert_eq!(actions, expected);
    let notes = String::from_utf8_lossy(&output.stderr);
    for gap in &seen.not_visible {
        assert!(gap.reason.ends_with(": not you"), "{gap:?}");
        assert!(
            notes.contains(&format!("to see it, grant {}\n", gap.action)),
            "{notes}"
        );
    }
}

#[test]
fn aws_without_an_account_one_error_says_what_to_do() {
    let keys = [
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
    ];
    let nobody = [("AWS_REGION", "eu-west-1")];
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let closed = format!("http://{closed}");
    let unreachable = signed_in(&closed);
    type Case<'c> = (&'c [&'c str], &'c [(&'c str, &'c str)], &'c str);
    let cases: [Case<'_>; 4] = [
        (&["snapshot"], &keys, "no region is set: give --region"),
        (&["snapshot"], &nobody, "no AWS credentials were found"),
        (&["snapshot", "--profile", "nowhere"], &nobody, "profile"),
        (
            &["snapshot", "--region", "eu-west-1"],
            &unreachable,
            "cannot be reached in eu-west-1",
        ),
    ];
    for (arguments, variables, expected) in cases {
        let output = tool(arguments, variables);
        let notes = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{notes}");
        assert!(
            notes.starts_with("error: ") && notes.contains(expected),
            "{notes}"
        );
        assert!(output.stdout.is_empty());
        assert_eq!(notes.lines().count(), 1, "{notes}");
    }
}

/// Keys in the environment must not take precedence over a profile that was given by name, since they may belong to
/// another account.
#[test]
fn aws_a_named_profile_wins_over_keys_of_the_environment() {
    let endpoint = refuse_everything();
    let arguments = ["snapshot", "--region", "eu-west-1", "--profile", "nowhere"];
    let output = tool(&arguments, &signed_in(&endpoint));
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}

#[test]
fn aws_no_source_reads_the_value_of_a_secret() {
    let forbidden = [
        concat!("get_secret_", "value"),
        concat!("GetSecret", "ValueFluent"),
    ];
    let mut folders = vec![Path::new("src").to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let found = forbidden.iter().find(|call| text.contains(**call));
                assert_eq!(found, None, "{}", path.display());
            }
        }
    }
}
