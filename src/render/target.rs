//! The targets that can be generated: one row for each target, one line for each of its files.

use crate::domain::blueprint::{Blueprint, TlsPlan};

/// A generated file, before it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// The path below the project's directory: `terraform/main.tf`.
    pub path: String,
    /// The complete content of the file.
    pub text: String,
}

/// A language to generate, which is also the name of its folder.
#[derive(Debug)]
pub struct Target {
    /// The id in `--target` and in the spec.
    pub id: &'static str,
    /// The name for people.
    pub title: &'static str,
    files: &'static [FileRow],
}

impl Target {
    /// Returns the files that apply to this blueprint, including the shared ones.
    pub(super) fn files(&self, blueprint: &Blueprint) -> impl Iterator<Item = &'static FileRow> {
        self.files
            .iter()
            .chain(SHARED)
            .filter(|file| (file.when)(blueprint))
    }
}

/// A file of a target.
#[derive(Debug)]
pub(super) struct FileRow {
    /// The template's name below `templates`.
    pub(super) template: &'static str,
    /// The path of the output below the target's folder.
    pub(super) output: &'static str,
    /// True if the file applies to this blueprint.
    when: fn(&Blueprint) -> bool,
}

const fn file(template: &'static str, output: &'static str) -> FileRow {
    FileRow {
        template,
        output,
        when: |_| true,
    }
}

/// All targets that can be generated.
pub static TARGETS: &[&Target] = &[
    &Target {
        id: "terraform",
        title: "Terraform and OpenTofu",
        files: TERRAFORM,
    },
    &Target {
        id: "cloudformation",
        title: "CloudFormation",
        files: CLOUDFORMATION,
    },
];

static TERRAFORM: &[FileRow] = &[
    file("terraform/versions.tf.tera", "versions.tf"),
    file("terraform/variables.tf.tera", "variables.tf"),
    file("terraform/terraform.tfvars.tera", "terraform.tfvars"),
    file("terraform/main.tf.tera", "main.tf"),
    file("terraform/security_groups.tf.tera", "security_groups.tf"),
    file("terraform/iam.tf.tera", "iam.tf"),
    file("terraform/consumers.tf.tera", "consumers.tf"),
    file("terraform/monitoring.tf.tera", "monitoring.tf"),
    file("terraform/outputs.tf.tera", "outputs.tf"),
    file("terraform/README.md.tera", "README.md"),
    file(
        "terraform/tests/hardening.tftest.hcl.tera",
        "tests/hardening.tftest.hcl",
    ),
    FileRow {
        template: "terraform/secrets.tf.tera",
        output: "secrets.tf",
        when: Blueprint::uses_secrets,
    },
    FileRow {
        template: "terraform/database_tls.tf.tera",
        output: "database_tls.tf",
        when: |blueprint| blueprint.database_tls != TlsPlan::Enforced,
    },
];

static CLOUDFORMATION: &[FileRow] = &[
    file("cloudformation/template.yaml.tera", "template.yaml"),
    file("cloudformation/parameters.json.tera", "parameters.json"),
    file("cloudformation/README.md.tera", "README.md"),
];

/// The files that every target has, so that its folder is self-contained: the database users and the clients.
static SHARED: &[FileRow] = &[
    file("shared/sql/users.sql.tera", "sql/users.sql"),
    FileRow {
        template: "shared/sql/set_password.py.tera",
        output: "sql/set_password.py",
        when: Blueprint::uses_secrets,
    },
    file(
        "shared/clients/python/proxy_connection.py.tera",
        "clients/python/proxy_connection.py",
    ),
    file(
        "shared/clients/python/requirements.txt.tera",
        "clients/python/requirements.txt",
    ),
    file(
        "shared/clients/nodejs/proxyConnection.mjs.tera",
        "clients/nodejs/proxyConnection.mjs",
    ),
    file(
        "shared/clients/nodejs/package.json.tera",
        "clients/nodejs/package.json",
    ),
];
