//! The targets that can be generated: one row for each target, one line for each of its files.

use crate::domain::blueprint::{Blueprint, TlsPlan};
use crate::language::Texts;

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
    /// The files that call the module. They follow from its files.
    callers: &'static [FileRow],
    /// The folder of the module below the target's folder, with a slash at its end; empty if there is none.
    module: &'static str,
}

impl Target {
    /// Returns the files that apply to this blueprint, including the shared ones, without those that call the module.
    pub(super) fn files(&self, blueprint: &Blueprint) -> impl Iterator<Item = &'static FileRow> {
        self.files
            .iter()
            .chain(SHARED)
            .filter(|file| (file.when)(blueprint))
    }

    /// Returns the files that call the module.
    pub(super) fn callers(&self) -> impl Iterator<Item = &'static FileRow> {
        self.callers.iter()
    }

    /// True for the path of a file that calls the module. Built-in templates print it from the files of the module.
    pub(super) fn is_caller(&self, path: &str) -> bool {
        let own = path
            .strip_prefix(self.id)
            .and_then(|rest| rest.strip_prefix('/'));
        own.is_some_and(|own| self.callers.iter().any(|file| file.output == own))
    }

    /// Returns the path below the target's folder of a file that a pack adds: code belongs to the module.
    pub(super) fn place(&self, file: &str) -> String {
        let is_code = file.ends_with(".tf");
        format!("{}{file}", if is_code { self.module } else { "" })
    }

    /// Returns the files of the module among those of a project, by their paths.
    pub(super) fn module_of(&self, files: &Texts) -> Texts {
        let folder = format!("{}/{}", self.id, self.module);
        let is_own = |path: &String| {
            let name = path.strip_prefix(&folder);
            name.is_some_and(|name| !name.contains('/'))
        };
        let own = files.iter().filter(|(path, _)| is_own(path));
        own.map(|(path, text)| (path.clone(), text.clone()))
            .collect()
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
        callers: TERRAFORM_CALLERS,
        module: "modules/proxy/",
    },
    &Target {
        id: "cloudformation",
        title: "CloudFormation",
        files: CLOUDFORMATION,
        callers: &[],
        module: "",
    },
];

static TERRAFORM: &[FileRow] = &[
    file("terraform/versions.tf.tera", "versions.tf"),
    file(
        "terraform/module/versions.tf.tera",
        "modules/proxy/versions.tf",
    ),
    file("terraform/variables.tf.tera", "modules/proxy/variables.tf"),
    file("terraform/terraform.tfvars.tera", "terraform.tfvars"),
    file("terraform/main.tf.tera", "modules/proxy/main.tf"),
    file(
        "terraform/security_groups.tf.tera",
        "modules/proxy/security_groups.tf",
    ),
    file("terraform/iam.tf.tera", "modules/proxy/iam.tf"),
    file("terraform/consumers.tf.tera", "modules/proxy/consumers.tf"),
    file(
        "terraform/monitoring.tf.tera",
        "modules/proxy/monitoring.tf",
    ),
    file("terraform/outputs.tf.tera", "modules/proxy/outputs.tf"),
    file("terraform/README.md.tera", "README.md"),
    file(
        "terraform/tests/hardening.tftest.hcl.tera",
        "modules/proxy/tests/hardening.tftest.hcl",
    ),
    FileRow {
        template: "terraform/secrets.tf.tera",
        output: "modules/proxy/secrets.tf",
        when: Blueprint::uses_secrets,
    },
    FileRow {
        template: "terraform/database_tls.tf.tera",
        output: "modules/proxy/database_tls.tf",
        when: |blueprint| blueprint.database_tls != TlsPlan::Enforced,
    },
];

static TERRAFORM_CALLERS: &[FileRow] = &[
    file("terraform/root/main.tf.tera", "main.tf"),
    file("terraform/root/variables.tf.tera", "variables.tf"),
    file("terraform/root/outputs.tf.tera", "outputs.tf"),
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
