//! The modules of the public registry that make a proxy or what stands around it, understood without download: what their inputs mean,
//! per major version, is written as Terraform of our own beside this file, and read like any other module.
//!
//! What comes out of it is told at the caller: nobody can open these files. Facts from the modules' own `variables.tf` and `main.tf`:
//! terraform-aws-modules/terraform-aws-rds-proxy, cloudposse/terraform-aws-rds-db-proxy,
//! terraform-aws-modules/terraform-aws-security-group, terraform-aws-rds, terraform-aws-rds-aurora and
//! terraform-aws-vpc.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::downloaded::downloaded;
use super::scope::Scope;
use super::version::newest_major;
use crate::domain::evidence::Origin;
use crate::source::hcl::Block;
use crate::source::resource::{Node, Piece, Resource, Value};

/// What the path of such a module begins with; no folder of a user does.
const PREFIX: &str = "registry:";

/// Every file of every such module, by path.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "registry:rds-proxy/1/main.tf",
        include_str!("rds_proxy_1.tf"),
    ),
    (
        "registry:rds-proxy/3/main.tf",
        include_str!("rds_proxy_3.tf"),
    ),
    (
        "registry:rds-db-proxy/main.tf",
        include_str!("rds_db_proxy.tf"),
    ),
    ("registry:label/main.tf", include_str!("label.tf")),
    ("registry:rds/main.tf", include_str!("rds.tf")),
    (
        "registry:rds-aurora/8/main.tf",
        include_str!("rds_aurora.tf"),
    ),
    (
        "registry:rds-aurora/5/main.tf",
        include_str!("rds_aurora.tf"),
    ),
    (
        "registry:rds-aurora/5/override.tf",
        include_str!("rds_aurora_5.tf"),
    ),
    ("registry:vpc/main.tf", include_str!("vpc.tf")),
    (
        "registry:security-group/main.tf",
        include_str!("security_group.tf"),
    ),
    (
        "registry:security-group/postgresql/main.tf",
        include_str!("security_group.tf"),
    ),
    (
        "registry:security-group/postgresql/override.tf",
        include_str!("service_postgresql.tf"),
    ),
    (
        "registry:security-group/mysql/main.tf",
        include_str!("security_group.tf"),
    ),
    (
        "registry:security-group/mysql/override.tf",
        include_str!("service_mysql.tf"),
    ),
    (
        "registry:security-group/mssql/main.tf",
        include_str!("security_group.tf"),
    ),
    (
        "registry:security-group/mssql/override.tf",
        include_str!("service_mssql.tf"),
    ),
];

/// A module that is understood.
struct Known {
    /// Its address in the registry.
    address: &'static str,
    /// Its repository on GitHub.
    repository: &'static str,
    /// The folder in it: empty for the module itself.
    inner: &'static str,
    /// Since which major version which of our folders says what its inputs mean; the newest first.
    since: &'static [(u32, &'static str)],
    /// An input that only the oldest of them has.
    old_input: Option<&'static str>,
}

const SECURITY_GROUP: (&str, &str) = (
    "terraform-aws-modules/security-group/aws",
    "terraform-aws-modules/terraform-aws-security-group",
);

const fn service(inner: &'static str, since: &'static [(u32, &'static str)]) -> Known {
    Known {
        address: SECURITY_GROUP.0,
        repository: SECURITY_GROUP.1,
        inner,
        since,
        old_input: None,
    }
}

const KNOWN: &[Known] = &[
    Known {
        address: "terraform-aws-modules/rds-proxy/aws",
        repository: "terraform-aws-modules/terraform-aws-rds-proxy",
        inner: "",
        since: &[(3, "registry:rds-proxy/3"), (1, "registry:rds-proxy/1")],
        old_input: Some("secrets"),
    },
    // Where the same module was published before version 2.1.
    Known {
        address: "clowdhaus/rds-proxy/aws",
        repository: "clowdhaus/terraform-aws-rds-proxy",
        inner: "",
        since: &[(1, "registry:rds-proxy/1")],
        old_input: None,
    },
    Known {
        address: "cloudposse/rds-db-proxy/aws",
        repository: "cloudposse/terraform-aws-rds-db-proxy",
        inner: "",
        since: &[(0, "registry:rds-db-proxy")],
        old_input: None,
    },
    Known {
        address: "cloudposse/label/null",
        repository: "cloudposse/terraform-null-label",
        inner: "",
        since: &[(0, "registry:label")],
        old_input: None,
    },
    Known {
        address: "terraform-aws-modules/rds/aws",
        repository: "terraform-aws-modules/terraform-aws-rds",
        inner: "",
        since: &[(6, "registry:rds")],
        old_input: None,
    },
    Known {
        address: "terraform-aws-modules/rds-aurora/aws",
        repository: "terraform-aws-modules/terraform-aws-rds-aurora",
        inner: "",
        since: &[(8, "registry:rds-aurora/8"), (5, "registry:rds-aurora/5")],
        old_input: None,
    },
    Known {
        address: "terraform-aws-modules/vpc/aws",
        repository: "terraform-aws-modules/terraform-aws-vpc",
        inner: "",
        since: &[(0, "registry:vpc")],
        old_input: None,
    },
    service("", &[(3, "registry:security-group")]),
    service(
        "modules/postgresql",
        &[(3, "registry:security-group/postgresql")],
    ),
    service("modules/mysql", &[(3, "registry:security-group/mysql")]),
    service("modules/mssql", &[(3, "registry:security-group/mssql")]),
];

static CALLED: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let known = KNOWN.iter();
    AhoCorasick::new(known.flat_map(|known| [known.address, known.repository])).ok()
});

/// True where any of these modules may be called.
pub(super) fn may_be_called(text: &str) -> bool {
    CALLED.as_ref().is_none_or(|called| called.is_match(text))
}

/// The folder that says what a call of a source and version means, and of what inputs it says; `None` for a module that is not known, or a version before all that are.
pub(super) fn folder(
    (source, version): (&str, Option<&str>),
    says: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let source = Source::of(source);
    let known = KNOWN.iter().find(|known| {
        source.place == (known.address, known.inner)
            || source.place == (known.repository, known.inner)
    })?;
    let version = source.version.or(version);
    let Some(major) = version.and_then(|one| newest_major(tag(one))) else {
        // Without a version the newest is used, but for who writes what only an older one has.
        let is_old = known.old_input.is_some_and(says);
        let folder = if is_old {
            known.since.last()
        } else {
            known.since.first()
        };
        return folder.map(|(_, folder)| *folder);
    };
    let since = known.since.iter().find(|(first, _)| *first <= major);
    since.map(|(_, folder)| *folder)
}

/// Whether one of these folders makes a proxy.
pub(super) fn makes_proxy(folder: &str) -> bool {
    let own = FILES.iter().filter(|(path, _)| path.starts_with(folder));
    own.into_iter()
        .any(|(_, text)| text.contains("aws_db_proxy"))
}

/// A source, taken apart.
pub(super) struct Source<'s> {
    /// The module and the folder in it.
    pub(super) place: (&'s str, &'s str),
    /// The tag or branch that a source itself names.
    pub(super) version: Option<&'s str>,
}

impl<'s> Source<'s> {
    pub(super) fn of(source: &'s str) -> Self {
        let (address, query) = source.split_once('?').unwrap_or((source, ""));
        let mut asked = query.split('&');
        let version = asked.find_map(|one| one.strip_prefix("ref="));
        let address = [
            "git::",
            "https://",
            "ssh://",
            "git@",
            "registry.terraform.io/",
            "registry.opentofu.org/",
        ]
        .iter()
        .fold(address, |rest, start| {
            rest.strip_prefix(start).unwrap_or(rest)
        });
        let address = address
            .strip_prefix("github.com")
            .map_or(address, |rest| rest.trim_start_matches(['/', ':']));
        let (module, inner) = address.split_once("//").unwrap_or((address, ""));
        Self {
            place: (module.strip_suffix(".git").unwrap_or(module), inner),
            version,
        }
    }
}

/// The version in the full name of a tag.
fn tag(reference: &str) -> &str {
    let name = reference.strip_prefix("refs/").unwrap_or(reference);
    name.strip_prefix("tags/").unwrap_or(name)
}

/// True for a path in one of these modules, or in one that was downloaded: nobody can mend anything there.
pub(super) fn is_out_of_hand(path: &str) -> bool {
    path.starts_with(PREFIX) || downloaded(path).is_some()
}

impl Scope<'_> {
    /// The same resource with its places at the call: where an input gives the value, and at the header where the module does.
    /// A call that itself stands in such a module is no place either.
    pub(super) fn in_caller(&self, mut resource: Resource) -> Resource {
        let Some((caller, call)) = self.world.call(self.module) else {
            return resource;
        };
        let above = Self::new(self.world, caller.module);
        let place = Call {
            header: self.world.files.origin(call.spot),
            name: caller.name,
            block: call,
            above,
        };
        resource.origin = place.header.clone();
        place.tell(&mut resource.body);
        match is_out_of_hand(&resource.origin.file) {
            true => above.in_caller(resource),
            false => resource,
        }
    }
}

/// A call, as the place of what comes out of it.
struct Call<'c> {
    header: Origin,
    name: String,
    block: &'c Block,
    above: Scope<'c>,
}

impl Call<'_> {
    fn tell(&self, node: &mut Node) {
        if is_out_of_hand(&node.origin.file) {
            node.origin = self.place(&node.origin);
        }
        self.known_steps(&mut node.origin.via);
        match &mut node.value {
            Value::Unresolved(reason) => *reason = self.known_reason(reason),
            Value::Text(pieces) => pieces.iter_mut().for_each(|piece| {
                if let Piece::Unresolved(reason) = piece {
                    *reason = self.known_reason(reason);
                }
            }),
            Value::List(items) => items.iter_mut().for_each(|item| self.tell(item)),
            Value::Map(members) => members.iter_mut().for_each(|(_, member)| self.tell(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Where no input gives the value, or several do, the place of the first of them, else the header of the call.
    fn place(&self, origin: &Origin) -> Origin {
        let mut inputs = origin
            .via
            .iter()
            .filter_map(|step| step.strip_prefix("var.")?.split(['.', '[']).next());
        match inputs.find_map(|name| self.block.attribute(name)) {
            Some(input) => Origin {
                via: origin.via.clone(),
                default_of: origin.default_of.clone(),
                ..self.above.at(input).origin(&input.value)
            },
            None => Origin {
                via: origin.via.clone(),
                ..self.header.clone()
            },
        }
    }

    /// The steps that the caller knows: those behind the input of this call.
    fn known_steps(&self, via: &mut Vec<String>) {
        match via.iter().rposition(|step| self.is_input(step)) {
            Some(at) => drop(via.drain(..=at)),
            None => via.clear(),
        }
    }

    fn is_input(&self, step: &str) -> bool {
        step.split('.')
            .rev()
            .nth(1)
            .is_some_and(|call| call.split('[').next() == Some(self.name.as_str()))
            && step.contains("module.")
    }

    /// The reason as the caller knows it. The variables and local values of such a module are written down for this tool alone.
    fn known_reason(&self, reason: &str) -> String {
        let steps: Vec<&str> = reason.split(" ← ").collect();
        let is_own = |step: &&str| step.starts_with("local.") || step.starts_with("var.");
        match steps.iter().rposition(|step| self.is_input(step)) {
            Some(at) if at + 1 < steps.len() => steps[at + 1..].join(" ← "),
            None if steps.first().is_some_and(is_own) => {
                format!("what the module {} makes of it is not known", self.name)
            }
            Some(_) | None => reason.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
