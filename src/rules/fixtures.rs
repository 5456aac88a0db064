//! Shared by the tests of the rules: a proxy that satisfies every rule, and the check of a rule after one change to it.

use std::collections::BTreeMap;

use super::Rule;
use crate::domain::engine::EngineFamily;
use crate::domain::evidence::{Evidence, Origin};
use crate::domain::finding::{Report, Verdict};
use crate::domain::iam::{Condition, Effect, ElementScope, Policy, Principal, Statement};
use crate::domain::limits::Limits;
use crate::domain::posture::*;
use crate::domain::settings::Settings;
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// One change to a proxy that satisfies every rule, the expected verdict, and a part of the expected text.
pub(super) type Case = (fn(&mut Proxy), Verdict, &'static str);

/// Evaluates each case with this rule alone, and the unchanged proxy too.
pub(super) fn check(rule: &'static Rule, cases: &[Case]) {
    let untouched = rule.judge(&hardened(), &Limits::SERVICE);
    assert_eq!(
        untouched.verdict(rule.info.id),
        Verdict::Pass,
        "{untouched:#?}"
    );
    assert!(
        !untouched.passes.is_empty(),
        "{} says nothing",
        rule.info.id
    );
    for (change, verdict, part) in cases {
        let mut proxy = hardened();
        change(&mut proxy);
        let report = rule.judge(&proxy, &Limits::SERVICE);
        let said = said(&report);
        assert_eq!(report.verdict(rule.info.id), *verdict, "{part}: {said}");
        assert!(said.contains(part), "`{part}` is not in: {said}");
    }
}

/// Joins all texts of a report.
pub(super) fn said(report: &Report) -> String {
    let findings = report.findings.iter().map(|finding| &finding.message);
    let open = report.undetermined.iter().map(|open| &open.reason);
    let passes = report.passes.iter().map(|pass| &pass.because);
    let texts = findings.chain(open).chain(passes);
    let texts: Vec<&str> = texts.map(String::as_str).collect();
    texts.join(" | ")
}

/// Returns the place of all samples.
pub(super) fn place() -> Origin {
    Origin::at("main.tf", 1, 1)
}

/// Evidence that is stated in the source.
pub(super) fn stated<T>(value: T) -> Evidence<T> {
    Evidence::Stated(value, place())
}

/// Evidence that is stated but cannot be resolved.
pub(super) fn unresolved<T>() -> Evidence<T> {
    Evidence::Unresolved("var.x has no value".into(), place())
}

/// Returns the value itself, to be changed.
pub(super) fn of<T>(evidence: &mut Evidence<T>) -> &mut T {
    evidence.value_mut().unwrap()
}

/// Returns the identity of an existing resource.
pub(super) fn known(id: &str) -> Identity {
    Identity::Known(id.into())
}

/// Returns a proxy for PostgreSQL that satisfies every rule.
pub(super) fn hardened() -> Proxy {
    Proxy {
        address: "aws_db_proxy.orders".into(),
        origin: place(),
        name: stated("orders".into()),
        engine_family: stated(EngineFamily::PostgreSql),
        require_tls: stated(true),
        debug_logging: stated(false),
        default_auth: Evidence::Defaulted(DefaultAuth::None),
        auth: stated(vec![auth_entry("orders_rw"), auth_entry("orders_ro")]),
        role: stated(role()),
        region: Evidence::NotVisible,
        subnets: stated(vec![subnet("a"), subnet("b")]),
        vpc: stated(vpc()),
        security_groups: stated(vec![proxy_group()]),
        pool: pool(),
        endpoints: stated(Vec::new()),
        database: stated(database()),
        consumers: stated(vec![consumer()]),
        tags: stated(BTreeMap::new()),
        other_proxies: Vec::new(),
        account: Evidence::NotVisible,
        strangers: Vec::new(),
        wearers: Vec::new(),
        is_live: false,
        clear_text: ClearText {
            clients: Evidence::NotVisible,
            database: Evidence::NotVisible,
        },
    }
}

/// Returns an auth entry with a secret of its own.
pub(super) fn auth_entry(user: &str) -> AuthEntry {
    AuthEntry {
        origin: place(),
        scheme: stated("SECRETS".into()),
        iam: stated(IamAuth::Required),
        client_password: Evidence::NotVisible,
        user_name: Evidence::NotVisible,
        secret: stated(secret(user)),
        shared_with: Vec::new(),
        alone: false,
    }
}

fn secret(user: &str) -> Secret {
    Secret {
        identity: known(&format!(
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:{user}-AbCdEf"
        )),
        origin: place(),
        name: stated(user.into()),
        username: stated(user.into()),
        password: stated(PasswordSource::Generated),
        is_master: stated(false),
        key: stated(SecretKey::Customer(known(
            "arn:aws:kms:eu-west-1:123456789012:key/1234abcd",
        ))),
        key_policies: Evidence::NotVisible,
        policy: stated(Some(secret_policy())),
        further_policies: Vec::new(),
        block_public_policy: stated(true),
    }
}

/// Returns the policy that this tool generates.
fn secret_policy() -> Policy {
    let proxy_role = Statement {
        principals: ElementScope::Only(vec![Principal::Aws(SymbolicString::thing(
            Symbol::ProxyRole,
        ))]),
        ..read_secret()
    };
    let service = Statement {
        principals: ElementScope::Only(vec![Principal::Service(SymbolicString::text(
            "rds.amazonaws.com",
        ))]),
        conditions: vec![condition(
            "StringEquals",
            "aws:SourceAccount",
            SymbolicString::thing(Symbol::Account),
        )],
        ..read_secret()
    };
    let clear_text = Statement {
        effect: Effect::Deny,
        principals: ElementScope::Only(vec![Principal::Anyone]),
        actions: ElementScope::Only(vec![SymbolicString::text("secretsmanager:*")]),
        conditions: vec![condition(
            "Bool",
            "aws:SecureTransport",
            SymbolicString::text("false"),
        )],
        ..read_secret()
    };
    let others = Statement {
        effect: Effect::Deny,
        principals: ElementScope::Only(vec![Principal::Anyone]),
        conditions: vec![condition(
            "ArnNotLike",
            "aws:PrincipalArn",
            SymbolicString::thing(Symbol::ProxyRole),
        )],
        ..read_secret()
    };
    Policy {
        origin: place(),
        statements: vec![proxy_role, service, clear_text, others],
    }
}

/// Returns a statement that allows reading the attached secret, without principals.
pub(super) fn read_secret() -> Statement {
    Statement {
        origin: place(),
        actions: ElementScope::Only(vec![SymbolicString::text("secretsmanager:GetSecretValue")]),
        resources: ElementScope::Only(vec![SymbolicString::text("*")]),
        ..Statement::default()
    }
}

/// Returns a condition with one value.
pub(super) fn condition(operator: &str, key: &str, value: SymbolicString) -> Condition {
    Condition {
        operator: operator.into(),
        key: key.into(),
        values: vec![value],
    }
}

fn role() -> Role {
    let trust = Statement {
        origin: place(),
        principals: ElementScope::Only(vec![Principal::Service(SymbolicString::text(
            "rds.amazonaws.com",
        ))]),
        actions: ElementScope::Only(vec![SymbolicString::text("sts:AssumeRole")]),
        ..Statement::default()
    };
    let read = Statement {
        resources: ElementScope::Only(vec![
            SymbolicString::thing(Symbol::Secret("orders_rw".into())),
            SymbolicString::thing(Symbol::Secret("orders_ro".into())),
        ]),
        ..read_secret()
    };
    let decrypt = Statement {
        origin: place(),
        actions: ElementScope::Only(vec![SymbolicString::text("kms:Decrypt")]),
        resources: ElementScope::Only(vec![SymbolicString::thing(Symbol::SecretsKey)]),
        conditions: vec![condition(
            "StringEquals",
            "kms:ViaService",
            SymbolicString::text("secretsmanager.eu-west-1.amazonaws.com"),
        )],
        ..Statement::default()
    };
    let policy = |statements| Policy {
        origin: place(),
        statements,
    };
    Role {
        identity: known("arn:aws:iam::123456789012:role/orders-proxy"),
        origin: place(),
        name: stated("orders-proxy".into()),
        trust: stated(policy(vec![trust])),
        policies: stated(vec![policy(vec![read, decrypt])]),
    }
}

fn subnet(zone: &str) -> Subnet {
    Subnet {
        identity: known(&format!("subnet-{zone}")),
        zone: stated(format!("eu-west-1{zone}")),
        zone_id: stated(format!("euw1-az-{zone}")),
        vpc: stated(known("vpc-1")),
        free_addresses: stated(200),
        zone_place: None,
        uncounted: None,
    }
}

fn vpc() -> Vpc {
    Vpc {
        identity: known("vpc-1"),
        tenancy: stated("default".into()),
        encryption_controls: stated("none".into()),
    }
}

fn proxy_group() -> SecurityGroup {
    SecurityGroup {
        ingress: vec![rule(5432, Peer::Group(known("sg-function")))],
        egress: vec![rule(6432, Peer::Group(known("sg-database")))],
        ..group("sg-proxy")
    }
}

/// Returns a security group without rules.
pub(super) fn group(id: &str) -> SecurityGroup {
    SecurityGroup {
        identity: known(id),
        origin: place(),
        name: stated(id.into()),
        is_default: stated(false),
        coverage: Coverage::Complete,
        ingress: Vec::new(),
        egress: Vec::new(),
    }
}

/// Returns a rule for one TCP port and one peer.
pub(super) fn rule(port: u16, peer: Peer) -> GroupRule {
    GroupRule {
        origin: place(),
        protocol: stated(Protocol::Tcp),
        ports: stated(Ports {
            from: port,
            to: port,
        }),
        peer: stated(peer),
        implied: false,
        in_doubt: None,
    }
}

fn pool() -> Pool {
    Pool {
        settings: Settings::from_rows(|row| match row.key {
            "max_connections_percent" => stated(80.into()),
            _ => Evidence::Defaulted(row.defaulted(80)),
        }),
        pinning_filters: stated(Vec::new()),
        init_query: stated(String::new()),
    }
}

fn database() -> Database {
    Database {
        kind: DatabaseKind::Instance,
        address: "aws_db_instance.orders".into(),
        origin: place(),
        created: None,
        identifier: stated("orders".into()),
        resource_id: stated("db-ABCDEFGHIJKLMNOPQRSTUVWXYZ".into()),
        engine: stated("postgres".into()),
        version: stated("16.4".into()),
        engine_mode: stated("provisioned".into()),
        port: stated(6432),
        vpc: stated(known("vpc-1")),
        security_groups: stated(vec![SecurityGroup {
            ingress: vec![rule(6432, Peer::Group(known("sg-proxy")))],
            ..group("sg-database")
        }]),
        parameter_group: stated(ParameterGroup {
            identity: known("orders-16"),
            origin: place(),
            family: stated("postgres16".into()),
            forces_tls: stated(true),
            in_sync: stated(true),
            read_only: stated(false),
        }),
        is_replica: stated(false),
        iam_enabled: stated(false),
    }
}

fn consumer() -> Consumer {
    Consumer {
        address: "aws_lambda_function.checkout".into(),
        origin: place(),
        function: stated("checkout".into()),
        role: stated(known("arn:aws:iam::123456789012:role/checkout")),
        grants: vec![grant(vec![
            SymbolicPart::Text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:".into()),
            SymbolicPart::Thing(Symbol::ProxyId),
            SymbolicPart::Text("/orders_rw".into()),
        ])],
        security_groups: stated(vec![known("sg-function")]),
        vpc: stated(Some(known("vpc-1"))),
    }
}

/// Returns a grant of `rds-db:connect`.
pub(super) fn grant(parts: Vec<SymbolicPart>) -> ConnectGrant {
    ConnectGrant {
        origin: place(),
        resource: SymbolicString(parts),
    }
}

/// Returns a further endpoint whose security group is the proxy's.
pub(super) fn endpoint(name: &str) -> Endpoint {
    Endpoint {
        address: format!("aws_db_proxy_endpoint.{name}"),
        origin: place(),
        name: stated(name.into()),
        target_role: Evidence::Defaulted("READ_WRITE".into()),
        security_groups: stated(vec![proxy_group()]),
        subnets: stated(vec![subnet("a"), subnet("b")]),
    }
}

/// Switches to end-to-end IAM: no secrets, and the role connects as the users themselves.
pub(super) fn without_secrets(proxy: &mut Proxy) {
    proxy.default_auth = stated(DefaultAuth::Iam);
    proxy.auth = stated(Vec::new());
    of(&mut proxy.database).iam_enabled = stated(true);
    let connect = Statement {
        actions: ElementScope::Only(vec![SymbolicString::text("rds-db:connect")]),
        resources: ElementScope::Only(vec![SymbolicString(vec![
            SymbolicPart::Text("arn:aws:rds-db:eu-west-1:123456789012:dbuser:".into()),
            SymbolicPart::Thing(Symbol::DatabaseResourceId),
            SymbolicPart::Text("/orders_rw".into()),
        ])]),
        ..read_secret()
    };
    of(&mut proxy.role).policies = stated(vec![Policy {
        origin: place(),
        statements: vec![connect],
    }]);
}
