//! Converts a blueprint into a posture.
//!
//! The posture states exactly what the generated code states. Facts outside the code (the zone of a subnet, the
//! version of the database) are not visible here either; they can be filled in from an account.

use std::collections::BTreeMap;

use super::Blueprint;
use super::access::{connect_grants, origin, role_policy, secret_policy, trust_policy};
use super::plan::{KeyPlan, SecretPlan, TlsPlan, UserPlan};
use crate::domain::evidence::Evidence;
use crate::domain::iam::Policy;
use crate::domain::names::SecurityGroupId;
use crate::domain::posture::{
    AuthEntry, ClearText, Consumer, Coverage, Database, DefaultAuth, Deployment, Endpoint,
    GroupRule, IamAuth, Identity, ParameterGroup, PasswordSource, Peer, Pool, Ports, Posture,
    Protocol, Proxy, Role, Secret, SecretKey, SecurityGroup, Subnet, Vpc,
};

impl Blueprint {
    /// Returns the posture that the generated code must have when it is read back.
    pub fn posture(&self) -> Posture {
        Posture {
            proxies: vec![proxy(self)],
            deployment: Some(Deployment {
                region: self.proxy.region.to_string(),
                account: self.proxy.account_id.to_string(),
            }),
        }
    }
}

/// Creates evidence for a value that the blueprint states.
pub(super) fn stated<T>(value: T) -> Evidence<T> {
    Evidence::Stated(value, origin())
}

fn created(what: &str) -> Identity {
    Identity::Created(what.to_owned())
}

fn known(id: impl ToString) -> Identity {
    Identity::Known(id.to_string())
}

fn proxy(blueprint: &Blueprint) -> Proxy {
    let default_auth = if blueprint.uses_secrets() {
        DefaultAuth::None
    } else {
        DefaultAuth::Iam
    };
    Proxy {
        address: blueprint.proxy.name.to_string(),
        origin: origin(),
        name: stated(blueprint.proxy.name.to_string()),
        engine_family: stated(blueprint.engine().family),
        require_tls: stated(true),
        debug_logging: stated(false),
        default_auth: stated(default_auth),
        auth: stated(auth(blueprint)),
        role: stated(role(blueprint)),
        region: Evidence::NotVisible,
        subnets: stated(subnets(blueprint)),
        vpc: stated(vpc(blueprint)),
        security_groups: stated(vec![own_group(blueprint)]),
        pool: pool(blueprint),
        endpoints: stated(endpoints(blueprint)),
        database: stated(database(blueprint)),
        consumers: stated(consumers(blueprint)),
        tags: stated(tags(blueprint)),
        other_proxies: Vec::new(),
        account: stated(blueprint.proxy.account_id.to_string()),
        strangers: Vec::new(),
        group_members: Vec::new(),
        is_live: false,
        clear_text: ClearText {
            clients: Evidence::NotVisible,
            database: Evidence::NotVisible,
        },
    }
}

fn auth(blueprint: &Blueprint) -> Vec<AuthEntry> {
    blueprint
        .users
        .iter()
        .filter_map(|user| {
            Some(AuthEntry {
                origin: origin(),
                scheme: stated("SECRETS".to_owned()),
                iam: stated(IamAuth::Required),
                client_password: Evidence::NotVisible,
                user_name: Evidence::NotVisible,
                secret: stated(secret(blueprint, user)?),
                shared_with: Vec::new(),
                alone: false,
            })
        })
        .collect()
}

fn secret(blueprint: &Blueprint, user: &UserPlan) -> Option<Secret> {
    match &user.secret {
        SecretPlan::None => None,
        SecretPlan::Create { name } => Some(Secret {
            identity: created(name),
            origin: origin(),
            name: stated(name.clone()),
            username: stated(user.name.to_string()),
            password: stated(PasswordSource::Generated),
            is_master: stated(false),
            key: secret_key(blueprint),
            key_policies: key_policies(blueprint),
            policy: stated(Some(secret_policy(blueprint))),
            further_policies: Vec::new(),
            block_public_policy: stated(true),
        }),
        SecretPlan::Existing { arn, .. } => Some(Secret {
            identity: known(arn),
            origin: origin(),
            name: stated(arn.secret_name().to_owned()),
            username: Evidence::NotVisible,
            password: Evidence::NotVisible,
            is_master: Evidence::NotVisible,
            key: Evidence::NotVisible,
            key_policies: Evidence::NotVisible,
            policy: Evidence::NotVisible,
            further_policies: Vec::new(),
            block_public_policy: Evidence::NotVisible,
        }),
    }
}

/// Returns the policies of the key. A created key has the default policy; the policies of other keys are not visible.
fn key_policies(blueprint: &Blueprint) -> Evidence<Vec<Policy>> {
    match blueprint.key {
        KeyPlan::Create => stated(vec![Policy::of_key_by_default(origin())]),
        KeyPlan::None | KeyPlan::Existing(_) => Evidence::NotVisible,
    }
}

fn secret_key(blueprint: &Blueprint) -> Evidence<SecretKey> {
    match &blueprint.key {
        KeyPlan::None => Evidence::NotVisible,
        KeyPlan::Create => stated(SecretKey::Customer(created(&blueprint.names.key_alias))),
        KeyPlan::Existing(arn) => stated(SecretKey::Customer(known(arn))),
    }
}

fn role(blueprint: &Blueprint) -> Role {
    Role {
        identity: created(&blueprint.names.role),
        origin: origin(),
        name: stated(blueprint.names.role.clone()),
        trust: stated(trust_policy()),
        policies: stated(vec![role_policy(blueprint)]),
    }
}

fn subnets(blueprint: &Blueprint) -> Vec<Subnet> {
    blueprint
        .network
        .subnet_ids
        .iter()
        .map(|id| Subnet {
            identity: known(id),
            zone: Evidence::NotVisible,
            zone_id: Evidence::NotVisible,
            vpc: Evidence::NotVisible,
            free_addresses: Evidence::NotVisible,
            zone_place: None,
            uncounted: None,
        })
        .collect()
}

fn vpc(blueprint: &Blueprint) -> Vpc {
    Vpc {
        identity: known(&blueprint.network.vpc_id),
        tenancy: Evidence::NotVisible,
        encryption_controls: Evidence::NotVisible,
    }
}

/// Returns the proxy's own group: it allows traffic from the consumers and to the database, and nothing else.
fn own_group(blueprint: &Blueprint) -> SecurityGroup {
    let rules = |groups: Vec<&SecurityGroupId>, port| {
        groups
            .into_iter()
            .map(|group| rule(known(group), port))
            .collect()
    };
    SecurityGroup {
        identity: created(&blueprint.names.security_group),
        origin: origin(),
        name: stated(blueprint.names.security_group.clone()),
        is_default: stated(false),
        coverage: Coverage::Complete,
        ingress: rules(blueprint.consumer_groups(), blueprint.proxy_port),
        egress: rules(
            blueprint.database.security_group_ids.iter().collect(),
            blueprint.database.port,
        ),
    }
}

fn rule(peer: Identity, port: u16) -> GroupRule {
    GroupRule {
        origin: origin(),
        protocol: stated(Protocol::Tcp),
        ports: stated(Ports {
            from: port,
            to: port,
        }),
        peer: stated(Peer::Group(peer)),
        implied: false,
        in_doubt: None,
    }
}

fn pool(blueprint: &Blueprint) -> Pool {
    let filters = blueprint.pool.exclude_variable_sets.then(|| {
        let names = blueprint.engine().family.traits().pinning_filters;
        names.iter().map(|name| (*name).to_owned()).collect()
    });
    Pool {
        settings: blueprint.pool.settings.map(|value| stated(value.clone())),
        pinning_filters: stated(filters.unwrap_or_default()),
        init_query: Evidence::NotVisible,
    }
}

fn endpoints(blueprint: &Blueprint) -> Vec<Endpoint> {
    if !blueprint.proxy.read_only_endpoint {
        return Vec::new();
    }
    vec![Endpoint {
        address: blueprint.names.read_only_endpoint.clone(),
        origin: origin(),
        name: stated(blueprint.names.read_only_endpoint.clone()),
        target_role: stated("READ_ONLY".to_owned()),
        security_groups: stated(vec![own_group(blueprint)]),
        subnets: stated(subnets(blueprint)),
    }]
}

/// Returns the database, which the generated code does not create: only the facts that the code needs are known, and
/// the rule that the code adds to the database's groups.
fn database(blueprint: &Blueprint) -> Database {
    let from_proxy = || {
        rule(
            created(&blueprint.names.security_group),
            blueprint.database.port,
        )
    };
    let group = |id: &SecurityGroupId| SecurityGroup {
        identity: known(id),
        origin: origin(),
        name: Evidence::NotVisible,
        is_default: Evidence::NotVisible,
        coverage: Coverage::Partial("the group is not part of the generated code".to_owned()),
        ingress: vec![from_proxy()],
        egress: Vec::new(),
    };
    Database {
        kind: blueprint.database.kind,
        address: blueprint.database.identifier.to_string(),
        origin: origin(),
        created: None,
        identifier: stated(blueprint.database.identifier.to_string()),
        resource_id: Evidence::NotVisible,
        engine: Evidence::NotVisible,
        version: Evidence::NotVisible,
        engine_mode: Evidence::NotVisible,
        // The generated code states the port only in the rules of the groups, and is compared there.
        port: Evidence::NotVisible,
        vpc: Evidence::NotVisible,
        security_groups: stated(
            blueprint
                .database
                .security_group_ids
                .iter()
                .map(group)
                .collect(),
        ),
        parameter_group: parameter_group(blueprint),
        is_replica: Evidence::NotVisible,
        iam_enabled: Evidence::NotVisible,
    }
}

fn parameter_group(blueprint: &Blueprint) -> Evidence<ParameterGroup> {
    let TlsPlan::CreateGroup(plan) = &blueprint.database_tls else {
        return Evidence::NotVisible;
    };
    stated(ParameterGroup {
        identity: created(&plan.name),
        origin: origin(),
        family: stated(plan.family.clone()),
        forces_tls: stated(true),
        in_sync: Evidence::NotVisible,
        read_only: Evidence::NotVisible,
    })
}

fn consumers(blueprint: &Blueprint) -> Vec<Consumer> {
    blueprint
        .consumers
        .iter()
        .map(|consumer| Consumer {
            address: consumer.function.to_string(),
            origin: origin(),
            function: stated(consumer.function.to_string()),
            role: stated(known(&consumer.role)),
            grants: connect_grants(blueprint, &consumer.role),
            security_groups: stated(consumer.security_group_ids.iter().map(known).collect()),
            vpc: Evidence::NotVisible,
        })
        .collect()
}

fn tags(blueprint: &Blueprint) -> BTreeMap<String, String> {
    blueprint
        .tags
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect()
}
