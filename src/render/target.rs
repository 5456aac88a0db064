//! What can be generated: one row for each target, one line for each of its files.

use crate::domain::blueprint::{Blueprint, TlsPlan};

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Below the project's directory: `terraform/main.tf`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// A language to generate, which is also the name of its folder.
#[derive(Debug)]
pub struct Target {
    /// As `--target` and the spec name it.
    pub id: &'static str,
    /// As people write it.
    pub title: &'static str,
    /// Its files.
    pub(super) files: &'static [FileRow],
}

/// A file of a target.
#[derive(Debug)]
pub(super) struct FileRow {
    /// The template's name below `templates`.
    pub(super) template: &'static str,
    /// Where it goes, below the target's folder.
    pub(super) output: &'static str,
    /// Whether this blueprint has it.
    pub(super) when: fn(&Blueprint) -> bool,
}

const fn file(template: &'static str, output: &'static str) -> FileRow {
    FileRow {
        template,
        output,
        when: |_| true,
    }
}

/// Every target.
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

static TERRAFORM: &[FileRow] = &[];

static CLOUDFORMATION: &[FileRow] = &[];
