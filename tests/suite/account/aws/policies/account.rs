//! An account with data for every call that a command may make: a hardened proxy with its project, a weak one with an
//! additional endpoint and unencrypted traffic, and one in front of a cluster; instances, attached policies, a key with
//! a policy.

use std::collections::BTreeSet;

use rdsproxy_gen::domain::snapshot::{
    ClearTextFacts, EndpointFacts, FunctionFacts, ProxyFacts, RoleFacts, SecretFacts, Snapshot,
    TargetFacts,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::account::unseen::{DEPLOYED, WEAK, account};

pub(crate) const REGION: &str = "eu-west-1";

/// An account with few roles, which are read one by one.
pub(crate) fn few() -> Snapshot {
    let mut all = account(&joined(DEPLOYED, WEAK).to_string());
    let weak = all.proxies.iter_mut().find(|proxy| !proxy.require_tls);
    let weak = weak.unwrap();
    weak.clear_text = Some(ClearTextFacts {
        client_hours: Some(3),
        database_hours: Some(2),
    });
    weak.endpoints.push(EndpointFacts {
        name: "wide".to_owned(),
        target_role: "READ_ONLY".to_owned(),
        vpc_id: weak.vpc_id.clone(),
        subnet_ids: weak.subnet_ids.clone(),
        security_group_ids: weak.security_group_ids.clone(),
    });
    all.vpcs[0].encryption_controls = Some("monitor".to_owned());
    before_a_cluster(&mut all);
    all
}

/// An account with so many roles that they are read in bulk.
pub(crate) fn many() -> Snapshot {
    let mut all = few();
    for number in 0..30 {
        let name = format!("other-{number}");
        let role_arn = format!("arn:aws:iam::{}:role/{name}", all.account_id);
        all.functions.push(FunctionFacts {
            arn: format!("arn:aws:lambda:{REGION}:{}:function:{name}", all.account_id),
            name: name.clone(),
            role_arn: role_arn.clone(),
            ..FunctionFacts::default()
        });
        all.roles.push(RoleFacts {
            name,
            arn: role_arn,
            trust: json!({"Version": "2012-10-17", "Statement": []}),
            complete: true,
            ..RoleFacts::default()
        });
    }
    all
}

/// Merges two accounts; of two resources with the same name, the first is kept.
fn joined(first: &str, second: &str) -> Value {
    let [mut all, more]: [Value; 2] =
        [first, second].map(|text| serde_json::from_str(text).unwrap());
    for (field, things) in more.as_object().unwrap() {
        let Some(things) = things.as_array() else {
            continue;
        };
        let known: BTreeSet<String> = list(&all[field]).map(name).collect();
        let new = things.iter().filter(|thing| !known.contains(&name(thing)));
        let both: Vec<Value> = list(&all[field]).chain(new).cloned().collect();
        all[field] = both.into();
    }
    all
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn name(thing: &Value) -> String {
    let keys = ["id", "arn", "identifier", "name"].iter();
    let mut names = keys.filter_map(|key| thing[*key].as_str());
    names.next().unwrap().to_owned()
}

/// Adds a proxy as hardened as the first, with its own role and secret, in front of a cluster.
fn before_a_cluster(all: &mut Snapshot) {
    let proxy = all.proxies.iter().find(|proxy| proxy.require_tls).unwrap();
    let role = all.roles.iter().find(|role| role.arn == proxy.role_arn);
    let secret = proxy.auth[0].secret_arn.as_deref();
    let secret = all
        .secrets
        .iter()
        .find(|one| Some(one.arn.as_str()) == secret);
    let cluster = &all.db_clusters[0];
    let target = TargetFacts {
        kind: "TRACKED_CLUSTER".to_owned(),
        identifier: cluster.identifier.clone(),
        port: cluster.port,
        health: "AVAILABLE".to_owned(),
    };
    let (mut proxy, role, secret): (ProxyFacts, RoleFacts, SecretFacts) = (
        renamed(proxy),
        renamed(role.unwrap()),
        renamed(secret.unwrap()),
    );
    proxy.arn = format!("{}b", proxy.arn);
    proxy.engine_family = "MYSQL".to_owned();
    proxy.targets = vec![target];
    all.proxies.push(proxy);
    all.roles.push(role);
    all.secrets.push(secret);
}

fn renamed<T: Serialize + DeserializeOwned>(thing: &T) -> T {
    let text = serde_json::to_string(thing).unwrap();
    serde_json::from_str(&text.replace("orders", "billing")).unwrap()
}
