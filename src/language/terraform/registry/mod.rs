//! The modules of the public registry that make a proxy or what stands around it, understood without download: what their inputs mean,
//! per major version, is written as Terraform of our own beside this file, and read like any other module.
//!
//! What comes out of it is told at the caller: nobody can open these files. Facts from the modules' own `variables.tf` and `main.tf`:
//! terraform-aws-modules/terraform-aws-rds-proxy, cloudposse/terraform-aws-rds-db-proxy,
//! terraform-aws-modules/terraform-aws-security-group, terraform-aws-rds, terraform-aws-rds-aurora and
//! terraform-aws-vpc.

mod caller;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::version::newest_major;

/// What the path of such a module begins with; no folder of a user does.
pub(super) const PREFIX: &str = "registry:";

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
struct UnderstoodModule {
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

const fn service(inner: &'static str, since: &'static [(u32, &'static str)]) -> UnderstoodModule {
    UnderstoodModule {
        address: SECURITY_GROUP.0,
        repository: SECURITY_GROUP.1,
        inner,
        since,
        old_input: None,
    }
}

const KNOWN: &[UnderstoodModule] = &[
    UnderstoodModule {
        address: "terraform-aws-modules/rds-proxy/aws",
        repository: "terraform-aws-modules/terraform-aws-rds-proxy",
        inner: "",
        since: &[(3, "registry:rds-proxy/3"), (1, "registry:rds-proxy/1")],
        old_input: Some("secrets"),
    },
    // Where the same module was published before version 2.1.
    UnderstoodModule {
        address: "clowdhaus/rds-proxy/aws",
        repository: "clowdhaus/terraform-aws-rds-proxy",
        inner: "",
        since: &[(1, "registry:rds-proxy/1")],
        old_input: None,
    },
    UnderstoodModule {
        address: "cloudposse/rds-db-proxy/aws",
        repository: "cloudposse/terraform-aws-rds-db-proxy",
        inner: "",
        since: &[(0, "registry:rds-db-proxy")],
        old_input: None,
    },
    UnderstoodModule {
        address: "cloudposse/label/null",
        repository: "cloudposse/terraform-null-label",
        inner: "",
        since: &[(0, "registry:label")],
        old_input: None,
    },
    UnderstoodModule {
        address: "terraform-aws-modules/rds/aws",
        repository: "terraform-aws-modules/terraform-aws-rds",
        inner: "",
        since: &[(6, "registry:rds")],
        old_input: None,
    },
    UnderstoodModule {
        address: "terraform-aws-modules/rds-aurora/aws",
        repository: "terraform-aws-modules/terraform-aws-rds-aurora",
        inner: "",
        since: &[(8, "registry:rds-aurora/8"), (5, "registry:rds-aurora/5")],
        old_input: None,
    },
    UnderstoodModule {
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
    let source = ModuleSource::of(source);
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
pub(super) struct ModuleSource<'s> {
    /// The module and the folder in it.
    pub(super) place: (&'s str, &'s str),
    /// The tag or branch that a source itself names.
    pub(super) version: Option<&'s str>,
}

impl<'s> ModuleSource<'s> {
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

#[cfg(test)]
mod tests;
