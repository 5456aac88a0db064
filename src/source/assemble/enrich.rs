//! Completes a posture that was read from a source with facts from an account: only facts that the source does not
//! show, and only of resources that exist already and are named by their id, name or ARN.

use super::block::ResourceBody;
use super::estate::Estate;
use super::symbols::{ProxyParts, SymbolTable};
use super::things::Handle;
use super::{consumers, databases, group_members, groups, network, roles, secrets};
use crate::domain::evidence::Evidence;
use crate::domain::posture::{
    Consumer, Coverage, Database, DatabaseKind, GroupRule, Identity, ParameterGroup, Peer, Posture,
    Proxy, Role, Secret, SecurityGroup, Subnet, Vpc,
};
use crate::language::resource::Document;
use crate::language::vocabulary;
use crate::language::vocabulary::Kind;

/// Adds the facts that the source cannot show of the existing resources that it names.
pub fn enrich(posture: &mut Posture, account: &Document) {
    let documents = std::slice::from_ref(account);
    let estate = Estate::new(documents);
    for proxy in &mut posture.proxies {
        let account = AccountView {
            symbols: SymbolTable::new(&estate, parts(&estate, proxy)),
            deployed_group: deployed_group(&estate, proxy),
        };
        account.proxy(proxy);
    }
}

/// Returns the things around a proxy that the account has too.
fn parts(estate: &Estate<'_>, proxy: &Proxy) -> ProxyParts {
    let known = |kind, identity: &Identity| existing(estate, kind, identity);
    let secrets: Vec<Handle> = proxy
        .auth
        .entries()
        .iter()
        .filter_map(|entry| known(Kind::Secret, &entry.secret.value()?.identity))
        .collect();
    ProxyParts {
        open: Vec::new(),
        proxy: None,
        role: proxy
            .role
            .value()
            .and_then(|role| known(Kind::Role, &role.identity)),
        keys: secrets
            .iter()
            .filter_map(|secret| secrets::customer_key(estate, secret))
            .collect(),
        secrets: secrets
            .into_iter()
            .map(|secret| (secret.clone(), secrets::label(estate, &secret)))
            .collect(),
        database: proxy
            .database
            .value()
            .and_then(|database| found(estate, database)),
    }
}

/// Returns the account's thing of this identity.
fn existing(estate: &Estate<'_>, kind: Kind, identity: &Identity) -> Option<Handle> {
    let Identity::Known(name) = identity else {
        return None;
    };
    Some(estate.named(kind, name)).filter(|handle| matches!(handle, Handle::Item(_)))
}

fn found(estate: &Estate<'_>, database: &Database) -> Option<Handle> {
    let kind = match database.kind {
        DatabaseKind::Instance => Kind::Instance,
        DatabaseKind::Cluster => Kind::Cluster,
    };
    let name = database.identifier.value()?;
    existing(estate, kind, &Identity::Known(name.clone()))
}

/// Replaces a value that is not visible by the account's.
fn fill<T>(known: &mut Evidence<T>, account: Evidence<T>) {
    if known.is_not_visible() {
        *known = account;
    }
}

/// The account from the perspective of one proxy.
struct AccountView<'e, 'a> {
    symbols: SymbolTable<'e, 'a>,
    /// The group of this proxy in the account, if it is deployed already, and the same group in the source.
    deployed_group: Option<(Identity, Identity)>,
}

/// Returns the same proxy in the account if it is deployed already.
fn deployed<'e, 'a>(estate: &'e Estate<'a>, proxy: &Proxy) -> Option<ResourceBody<'e, 'a>> {
    let name = Identity::Known(proxy.name.value()?.clone());
    let Handle::Item(index) = existing(estate, Kind::Proxy, &name)? else {
        return None;
    };
    Some(ResourceBody::new(estate, estate.item(index)))
}

/// Returns the group that the source creates with its counterpart in the account, which has an id once it is deployed.
fn deployed_group(estate: &Estate<'_>, proxy: &Proxy) -> Option<(Identity, Identity)> {
    let [in_source] = proxy.security_groups.entries() else {
        return None;
    };
    let [in_account] = deployed(estate, proxy)?.list(vocabulary::proxy::SECURITY_GROUPS) else {
        return None;
    };
    let handle = deployed(estate, proxy)?
        .link_of(Kind::SecurityGroup, in_account)
        .handle()?;
    Some((estate.identity(&handle), in_source.identity.clone()))
}

impl AccountView<'_, '_> {
    fn existing(&self, kind: Kind, identity: &Identity) -> Option<Handle> {
        existing(self.symbols.estate, kind, identity)
    }

    fn proxy(&self, proxy: &mut Proxy) {
        if let Some(block) = deployed(self.symbols.estate, proxy) {
            let seen = &mut proxy.clear_text;
            let flag = |attribute| block.flag(attribute, Evidence::NotVisible);
            fill(
                &mut seen.clients,
                flag(vocabulary::proxy::CLEAR_TEXT_CLIENTS),
            );
            fill(
                &mut seen.database,
                flag(vocabulary::proxy::CLEAR_TEXT_DATABASE),
            );
        }
        self.subnets(&mut proxy.subnets);
        self.vpc(proxy);
        self.groups(&mut proxy.security_groups);
        for endpoint in proxy.endpoints.value_mut().into_iter().flatten() {
            self.subnets(&mut endpoint.subnets);
            self.groups(&mut endpoint.security_groups);
        }
        for entry in proxy.auth.value_mut().into_iter().flatten() {
            if let Some(secret) = entry.secret.value_mut() {
                self.secret(secret);
            }
        }
        if let Some(role) = proxy.role.value_mut() {
            self.role(role);
        }
        if let Some(database) = proxy.database.value_mut() {
            self.database(database);
        }
        for consumer in proxy.consumers.value_mut().into_iter().flatten() {
            self.consumer(consumer);
        }
        self.group_members(proxy);
    }

    /// Adds the account's resources in the existing groups of the proxy.
    fn group_members(&self, proxy: &mut Proxy) {
        let groups = proxy.security_groups.entries().iter();
        let existing = groups.filter(|group| matches!(group.identity, Identity::Known(_)));
        let found = existing
            .flat_map(|group| group_members::of_group(self.symbols.estate, 0, &group.identity));
        let found: Vec<_> = found.collect();
        proxy.group_members.extend(found);
    }

    fn subnets(&self, subnets: &mut Evidence<Vec<Subnet>>) {
        for subnet in subnets.value_mut().into_iter().flatten() {
            let Some(handle) = self.existing(Kind::Subnet, &subnet.identity) else {
                continue;
            };
            let Subnet {
                identity: _,
                zone,
                zone_id,
                vpc,
                free_addresses,
                zone_place: _,
                uncounted: _,
            } = network::subnet(self.symbols.estate, &handle);
            fill(&mut subnet.zone, zone);
            fill(&mut subnet.zone_id, zone_id);
            fill(&mut subnet.vpc, vpc);
            fill(&mut subnet.free_addresses, free_addresses);
        }
    }

    /// Sets the proxy's network to that of its subnets.
    fn vpc(&self, proxy: &mut Proxy) {
        if proxy.vpc.is_not_visible() {
            let mut of_subnets = proxy.subnets.entries().iter().map(|subnet| &subnet.vpc);
            let vpc = of_subnets.find(|vpc| vpc.value().is_some()).cloned();
            proxy.vpc = vpc.map_or(Evidence::NotVisible, |vpc| {
                vpc.map(|identity| Vpc {
                    identity,
                    tenancy: Evidence::NotVisible,
                    encryption_controls: Evidence::NotVisible,
                })
            });
        }
        let Some(vpc) = proxy.vpc.value_mut() else {
            return;
        };
        if let Some(handle) = self.existing(Kind::Vpc, &vpc.identity) {
            let Vpc {
                identity: _,
                tenancy,
                encryption_controls,
            } = network::vpc(self.symbols.estate, &handle);
            fill(&mut vpc.tenancy, tenancy);
            fill(&mut vpc.encryption_controls, encryption_controls);
        }
    }

    fn groups(&self, groups: &mut Evidence<Vec<SecurityGroup>>) {
        for group in groups.value_mut().into_iter().flatten() {
            self.group(group);
        }
    }

    /// Sets the rules of a group: the account's, and those that the source is about to add.
    fn group(&self, group: &mut SecurityGroup) {
        let Some(handle) = self.existing(Kind::SecurityGroup, &group.identity) else {
            return;
        };
        let SecurityGroup {
            identity: _,
            origin: _,
            name,
            is_default,
            coverage,
            ingress,
            egress,
        } = groups::group(self.symbols.estate, &handle, &group.origin);
        fill(&mut group.name, name);
        fill(&mut group.is_default, is_default);
        if matches!(group.coverage, Coverage::Partial(_)) {
            group.coverage = coverage;
            add(&mut group.ingress, self.as_in_source(ingress));
            add(&mut group.egress, self.as_in_source(egress));
        }
    }

    /// Replaces the proxy's own group in rules of the account by its identity in the source.
    fn as_in_source(&self, mut rules: Vec<GroupRule>) -> Vec<GroupRule> {
        let Some((in_account, in_source)) = &self.deployed_group else {
            return rules;
        };
        for rule in &mut rules {
            if let Some(Peer::Group(peer)) = rule.peer.value_mut()
                && peer == in_account
            {
                *peer = in_source.clone();
            }
        }
        rules
    }

    fn secret(&self, secret: &mut Secret) {
        self.compare_with_master(secret);
        let Some(handle) = self.existing(Kind::Secret, &secret.identity) else {
            return;
        };
        let Secret {
            identity: _,
            origin: _,
            name,
            username,
            password,
            is_master,
            key,
            key_policies,
            policy,
            further_policies: _,
            block_public_policy,
        } = secrets::read(&self.symbols, &handle, &secret.origin);
        fill(&mut secret.name, name);
        fill(&mut secret.username, username);
        fill(&mut secret.password, password);
        fill(&mut secret.is_master, is_master);
        fill(&mut secret.key, key);
        fill(&mut secret.key_policies, key_policies);
        fill(&mut secret.policy, policy);
        fill(&mut secret.block_public_policy, block_public_policy);
    }

    /// Compares the user of a secret with the account's master user, however the source defines the secret.
    fn compare_with_master(&self, secret: &mut Secret) {
        let (Some(user), Some(master)) =
            (secret.username.value(), secrets::master_user(&self.symbols))
        else {
            return;
        };
        if matches!(
            secret.is_master,
            Evidence::Defaulted(_) | Evidence::NotVisible
        ) {
            let origin = secret.username.origin().unwrap_or(&secret.origin).clone();
            secret.is_master = Evidence::Stated(user.eq_ignore_ascii_case(&master), origin);
        }
    }

    fn role(&self, role: &mut Role) {
        let Some(handle) = self.existing(Kind::Role, &role.identity) else {
            return;
        };
        let Role {
            identity: _,
            origin: _,
            name,
            trust,
            policies,
        } = roles::read(&self.symbols, &handle, &role.origin);
        fill(&mut role.name, name);
        fill(&mut role.trust, trust);
        fill(&mut role.policies, policies);
    }

    fn database(&self, database: &mut Database) {
        let estate = self.symbols.estate;
        if let Some(handle) = found(estate, database) {
            let Database {
                kind: _,
                address: _,
                origin: _,
                created: _,
                identifier: _,
                resource_id,
                engine,
                version,
                engine_mode,
                port,
                vpc,
                security_groups,
                parameter_group,
                is_replica,
                iam_enabled,
            } = databases::read(estate, database.kind, &handle, &database.origin);
            fill(&mut database.resource_id, resource_id);
            fill(&mut database.engine, engine);
            fill(&mut database.version, version);
            fill(&mut database.engine_mode, engine_mode);
            fill(&mut database.port, port);
            fill(&mut database.vpc, vpc);
            fill(&mut database.security_groups, security_groups);
            fill_parameters(&mut database.parameter_group, parameter_group);
            fill(&mut database.is_replica, is_replica);
            fill(&mut database.iam_enabled, iam_enabled);
        }
        self.groups(&mut database.security_groups);
    }

    fn consumer(&self, consumer: &mut Consumer) {
        let Some(account) = consumers::existing(self.symbols.estate, consumer) else {
            return;
        };
        fill(&mut consumer.security_groups, account.security_groups);
        fill(&mut consumer.vpc, account.vpc);
    }
}

/// Completes a group that the source names but does not create, from the account's group of that name.
fn fill_parameters(known: &mut Evidence<ParameterGroup>, account: Evidence<ParameterGroup>) {
    let (Some(group), Some(account_group)) = (known.value_mut(), account.value()) else {
        fill(known, account);
        return;
    };
    if group.identity == account_group.identity {
        let ParameterGroup {
            identity: _,
            origin: _,
            family,
            forces_tls,
            in_sync,
            read_only,
        } = account_group.clone();
        fill(&mut group.family, family);
        fill(&mut group.forces_tls, forces_tls);
        fill(&mut group.in_sync, in_sync);
        fill(&mut group.read_only, read_only);
    }
}

/// Adds the rules that are not present yet, regardless of their origin.
fn add(rules: &mut Vec<GroupRule>, more: Vec<GroupRule>) {
    for rule in more {
        let is_there = rules.iter().any(|known| {
            known.protocol.value() == rule.protocol.value()
                && known.ports.value() == rule.ports.value()
                && known.peer.value() == rule.peer.value()
        });
        if !is_there {
            rules.push(rule);
        }
    }
}
