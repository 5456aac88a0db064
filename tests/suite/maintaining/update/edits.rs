//! User edits of a generated project as data: edits of every kind, and what an update has to keep of each.

use std::fs;
use std::path::Path;

/// An edit. `@` in its texts is replaced by a number.
#[derive(Debug)]
pub(super) struct Edit {
    /// The path of the file in the project.
    pub(super) file: &'static str,
    /// The operation on the file.
    pub(super) act: Act,
    /// A text that must be in the file afterwards; empty if the edit leaves none.
    pub(super) keeps: &'static str,
    /// The kind of edit.
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Act {
    /// Replaces the first occurrence of a text.
    Replace(&'static str, &'static str),
    /// Inserts lines before all others. `Behind` inserts them after all others.
    Before(&'static str),
    Behind(&'static str),
    /// Adds a file with the number in its name.
    New(&'static str),
    Delete,
    /// Moves its first block to the end.
    Reorder,
    Windows,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A user's own change, which must be kept.
    Own,
    /// An edit of text that the update changes too.
    Clash,
    /// An edit that weakens a rule.
    Weakens,
}

const fn own(file: &'static str, act: Act, keeps: &'static str) -> Edit {
    Edit {
        file,
        act,
        keeps,
        kind: Kind::Own,
    }
}

const fn clash(file: &'static str, old: &'static str, new: &'static str) -> Edit {
    Edit {
        file,
        act: Act::Replace(old, new),
        keeps: new,
        kind: Kind::Clash,
    }
}

const fn weakens(file: &'static str, act: Act, keeps: &'static str) -> Edit {
    Edit {
        file,
        act,
        keeps,
        kind: Kind::Weakens,
    }
}

use Act::{Before, Behind, Delete, New, Reorder, Replace, Windows};

/// Edits of whole files come first; later edits apply to the result.
pub(super) const EDITS: &[Edit] = &[
    own("terraform/modules/proxy/main.tf", Windows, ""),
    own("cloudformation/template.yaml", Windows, ""),
    own("terraform/modules/proxy/variables.tf", Reorder, ""),
    own("terraform/modules/proxy/iam.tf", Reorder, ""),
    own("terraform/README.md", Delete, ""),
    own("terraform/clients/python/requirements.txt", Delete, ""),
    own(
        "terraform/modules/proxy/main.tf",
        Before("# note @\n"),
        "# note @\n",
    ),
    own(
        "terraform/modules/proxy/iam.tf",
        Before("# note @\n\n"),
        "# note @\n",
    ),
    own(
        "terraform/modules/proxy/main.tf",
        Replace(
            "  debug_logging = false",
            "  # reviewed @\n  debug_logging = false",
        ),
        "  # reviewed @\n",
    ),
    own(
        "terraform/modules/proxy/main.tf",
        Replace(
            "  debug_logging = false",
            "  debug_logging = false # as agreed @",
        ),
        "debug_logging = false # as agreed @\n",
    ),
    own(
        "terraform/terraform.tfvars",
        Replace(
            "idle_client_timeout          = 1800",
            "idle_client_timeout = 1@ # ours",
        ),
        "  idle_client_timeout = 1@ # ours\n",
    ),
    own(
        "terraform/terraform.tfvars",
        Replace(
            "\"team\"        = \"shop\"",
            "\"team\" = \"shop\"\n  \"desk\" = \"@\"",
        ),
        "  \"desk\" = \"@\"\n",
    ),
    own(
        "terraform/modules/proxy/outputs.tf",
        Behind("\noutput \"more_@\" {\n  value = aws_db_proxy.this.arn\n}\n"),
        "output \"more_@\" {\n  value = aws_db_proxy.this.arn\n}\n",
    ),
    own(
        "terraform/modules/proxy/outputs.tf",
        Replace("\"ARN of the proxy.\"", "\"The proxy, @.\""),
        "\"The proxy, @.\"\n",
    ),
    own(
        "terraform/modules/proxy/more_@.tf",
        New("locals {\n  more = @\n}\n"),
        "  more = @\n",
    ),
    own(
        "terraform/modules/proxy/security_groups.tf",
        Replace("locals {", "locals {\n  note = \"@\"\n"),
        "  note = \"@\"\n",
    ),
    own(
        "terraform/sql/users.sql",
        Behind("-- note @\n"),
        "-- note @\n",
    ),
    own(
        "terraform/clients/python/proxy_connection.py",
        Behind("# note @\n"),
        "# note @\n",
    ),
    own(
        "cloudformation/README.md",
        Behind("\nNote @.\n"),
        "Note @.\n",
    ),
    own(
        "cloudformation/template.yaml",
        Replace("Resources:\n", "# note @\nResources:\n"),
        "# note @\n",
    ),
    own(
        "cloudformation/template.yaml",
        Replace("IdleClientTimeout: 1800", "IdleClientTimeout: 1@ # ours"),
        "IdleClientTimeout: 1@ # ours\n",
    ),
    own(
        "cloudformation/template.yaml",
        Replace("\nOutputs:\n", "\nOutputs:\n  More@:\n    Value: \"@\"\n"),
        "  More@:\n    Value: \"@\"\n",
    ),
    own(
        "cloudformation/sql/users.sql",
        Before("-- note @\n"),
        "-- note @\n",
    ),
    clash(
        "terraform/terraform.tfvars",
        "borrow_timeout               = 30",
        "borrow_timeout               = 1@",
    ),
    clash(
        "cloudformation/template.yaml",
        "ConnectionBorrowTimeout: 30",
        "ConnectionBorrowTimeout: 1@",
    ),
    weakens(
        "terraform/modules/proxy/main.tf",
        Replace("require_tls = true", "require_tls = false"),
        "require_tls = false",
    ),
    weakens(
        "terraform/modules/proxy/main.tf",
        Replace("debug_logging = false", "debug_logging = true"),
        "debug_logging = true",
    ),
    weakens(
        "terraform/modules/proxy/main.tf",
        Replace("\"REQUIRED\"", "\"DISABLED\""),
        "\"DISABLED\"",
    ),
    weakens(
        "terraform/modules/proxy/secrets.tf",
        Replace("block_public_policy = true", "block_public_policy = false"),
        "block_public_policy = false",
    ),
    weakens(
        "terraform/modules/proxy/security_groups.tf",
        Replace(
            "cidr_blocks      = []",
            "cidr_blocks      = [\"0.0.0.0/0\"]",
        ),
        "0.0.0.0/0",
    ),
    weakens(
        "terraform/modules/proxy/override.tf",
        New("resource \"aws_db_proxy\" \"this\" {\n  require_tls = false\n}\n"),
        "require_tls = false",
    ),
    weakens(
        "terraform/modules/proxy/more_@.tf",
        New(
            "resource \"aws_vpc_security_group_ingress_rule\" \"more\" {\n  security_group_id = aws_security_group.proxy.id\n  cidr_ipv4         = \"0.0.0.0/0\"\n  ip_protocol       = \"-1\"\n}\n",
        ),
        "0.0.0.0/0",
    ),
    weakens(
        "cloudformation/template.yaml",
        Replace("RequireTLS: true", "RequireTLS: false"),
        "RequireTLS: false",
    ),
    weakens(
        "cloudformation/template.yaml",
        Replace("DebugLogging: false", "DebugLogging: true"),
        "DebugLogging: true",
    ),
    weakens(
        "cloudformation/template.yaml",
        Replace("IAMAuth: REQUIRED", "IAMAuth: DISABLED"),
        "IAMAuth: DISABLED",
    ),
    weakens(
        "cloudformation/template.yaml",
        Replace("BlockPublicPolicy: true", "BlockPublicPolicy: false"),
        "BlockPublicPolicy: false",
    ),
];

/// A reproducible sequence of random numbers for the edits.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below a limit. Source of the constants: Knuth, MMIX.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

impl Edit {
    /// Makes the edit; returns the file, and the text that must be kept in it. None if another edit removed its place.
    pub(super) fn apply(&self, project: &Path, number: usize) -> Option<(String, String)> {
        let filled = |text: &str| text.replace('@', &number.to_string());
        let file = filled(self.file);
        let path = project.join(&file);
        let there = fs::read_to_string(&path).unwrap_or_default();
        let is_windows = there.contains("\r\n");
        let plain = there.replace("\r\n", "\n");
        let new = match &self.act {
            Replace(old, new) if plain.contains(old) => plain.replacen(old, &filled(new), 1),
            Replace(..) => return None,
            Before(lines) => filled(lines) + &plain,
            Behind(lines) => plain.clone() + &filled(lines),
            New(text) => filled(text),
            Delete => {
                fs::remove_file(&path).ok()?;
                return Some((file, String::new()));
            }
            Reorder => {
                let (first, rest) = plain.split_once("\n}\n\n")?;
                format!("{rest}\n{first}\n}}\n")
            }
            Windows => plain.clone(),
        };
        let ends = if is_windows || matches!(self.act, Windows) {
            "\r\n"
        } else {
            "\n"
        };
        fs::write(&path, new.replace('\n', ends)).unwrap();
        Some((file, filled(self.keeps)))
    }
}
