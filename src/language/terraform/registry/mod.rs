//! Modules of the public registry that create a proxy or related resources, understood without download. For each major
//! version, the meaning of the inputs is modelled as Terraform code next to this file, and is read like any other
//! module.
//!
//! Findings are reported at the call, because users cannot open these files. Facts are from the modules' own
//! `variables.tf` and `main.tf`: terraform-aws-modules/terraform-aws-rds-proxy,
//! cloudposse/terraform-aws-rds-db-proxy, terraform-aws-modules/terraform-aws-security-group, terraform-aws-rds,
//! terraform-aws-rds-aurora and terraform-aws-vpc.

mod caller;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::version::newest_major;

/// The path prefix of built-in modules; a user's folder never begins with it.
pub(super) const PREFIX: &str = "registry:";

/// The files of all built-in modules, by path.
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

/// A registry module that is understood without download.
struct UnderstoodModule {
    /// The address in the registry.
    address: &'static str,
    /// The repository on GitHub.
    repository: &'static str,
    /// The folder in the repository; empty for the module itself.
    inner: &'static str,
    /// The major versions from which on a folder models the module, with that folder; newest first.
    since: &'static [(u32, &'static str)],
    /// An input that only the oldest modelled version has.
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
    // The registry address of the same module before version 2.1.
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

/// Returns true if a file with this content may call one of these modules.
pub(super) fn may_be_called(text: &str) -> bool {
    CALLED.as_ref().is_none_or(|called| called.is_match(text))
}

/// Returns the folder that models a source and version; `says` tells if the call sets an input. `None` if the module is
/// unknown, or if the version is older than all modelled versions.
pub(super) fn folder(
    source: &str,
    version: Option<&str>,
    says: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let source = ModuleSource::new(source);
    let known = KNOWN.iter().find(|known| {
        source.place == (known.address, known.inner)
            || source.place == (known.repository, known.inner)
    })?;
    let version = source.version.or(version);
    let Some(major) = version.and_then(|one| newest_major(tag(one))) else {
        // Without a version, the newest one is used, unless the call sets an input that only the oldest one has.
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

/// Returns true if one of these folders creates a proxy.
pub(super) fn makes_proxy(folder: &str) -> bool {
    let own = FILES.iter().filter(|(path, _)| path.starts_with(folder));
    own.into_iter()
        .any(|(_, text)| text.contains("aws_db_proxy"))
}

/// The parts of a module source.
pub(super) struct ModuleSource<'s> {
    /// The address of the module, and the folder in it.
    pub(super) place: (&'s str, &'s str),
    /// The tag or branch in the source itself.
    pub(super) version: Option<&'s str>,
}

impl<'s> ModuleSource<'s> {
    pub(super) fn new(source: &'s str) -> Self {
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

/// Returns the version from the full name of a tag.
fn tag(reference: &str) -> &str {
    let name = reference.strip_prefix("refs/").unwrap_or(reference);
    name.strip_prefix("tags/").unwrap_or(name)
}

#[cfg(test)]
mod tests;
