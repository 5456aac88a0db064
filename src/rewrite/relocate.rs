//! Terraform code that changes its module: what it declares, which parts stay behind, and how references from outside are
//! written afterwards.

use std::collections::BTreeSet;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::structure::{Block, Body};

use super::equivalence::renamed;
use crate::language::hcl;

/// The blocks of a file that belong to the root module wherever the rest goes: settings of Terraform and of providers.
const SETTINGS: [&str; 2] = ["terraform", "provider"];

/// A block that was taken out of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBlock {
    /// The name of the variable.
    pub name: String,
    /// The block as it was written.
    pub text: String,
}

/// What a file declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The addresses of its resources, which a state knows: `aws_db_proxy.this`.
    pub resources: BTreeSet<String>,
    /// All names that other code of the module may use: resources, data sources, local values, variables, modules.
    pub names: BTreeSet<String>,
    /// True if it holds settings of Terraform or of providers.
    pub has_settings: bool,
    /// True if it holds anything else.
    pub has_code: bool,
}

/// A reference by its place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The name that is referred to.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
}

/// Returns what a file declares; none if it is not HCL.
pub fn declared(text: &str) -> Option<Declared> {
    let mut declared = Declared::default();
    for block in hcl::body(text).ok()?.blocks() {
        declared.add(block);
    }
    Some(declared)
}

impl Declared {
    fn add(&mut self, block: &Block) {
        let is_setting = SETTINGS.contains(&block.ident.as_str());
        self.has_settings |= is_setting;
        self.has_code |= !is_setting;
        let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
        match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => {
                let address = format!("{kind}.{name}");
                self.resources.insert(address.clone());
                self.names.insert(address);
            }
            (prefix @ ("data" | "ephemeral"), [kind, name]) => {
                self.names.insert(format!("{prefix}.{kind}.{name}"));
            }
            ("module", [name]) => {
                self.resources.insert(format!("module.{name}"));
                self.names.insert(format!("module.{name}"));
            }
            ("variable", [name]) => {
                self.names.insert(format!("var.{name}"));
            }
            ("locals", []) => {
                let names = block.body.attributes();
                self.names
                    .extend(names.map(|one| format!("local.{}", one.key.as_str())));
            }
            _ => {}
        }
    }
}

/// Takes the declarations of some variables out of a file. None if it is not HCL.
pub fn without_variables(text: &str, names: &[&str]) -> Option<(String, Vec<TakenBlock>)> {
    let body = hcl::body(text).ok()?;
    let mut left = text.to_owned();
    let mut taken = Vec::new();
    for (name, range) in variables(&body).into_iter().rev() {
        if !names.contains(&name.as_str()) {
            continue;
        }
        let text = text.get(range.clone())?.to_owned();
        let rest = left.get(range.end..)?;
        let blank = rest.len() - rest.trim_start_matches('\n').len();
        left.replace_range(range.start..range.end + blank, "");
        taken.push(TakenBlock { name, text });
    }
    Some((left, taken))
}

/// Puts declarations in the place of those that a file has of these variables. None if it is not HCL.
pub fn with_variables(text: &str, blocks: &[TakenBlock]) -> Option<String> {
    let body = hcl::body(text).ok()?;
    let mut whole = text.to_owned();
    for (name, range) in variables(&body).into_iter().rev() {
        if let Some(block) = blocks.iter().find(|block| block.name == name) {
            whole.replace_range(range, &block.text);
        }
    }
    Some(whole)
}

fn variables(body: &Body) -> Vec<(String, Range<usize>)> {
    let blocks = body
        .blocks()
        .filter(|block| block.ident.as_str() == "variable");
    blocks
        .filter_map(|block| Some((block.labels.first()?.as_str().to_owned(), block.span()?)))
        .collect()
}

/// Replaces references by others, each as a whole name.
pub fn rewired(text: &str, table: &[(&str, &str)]) -> String {
    table
        .iter()
        .fold(text.to_owned(), |text, (from, to)| renamed(&text, from, to))
}

/// Returns the first reference to one of these names. Comments that take a line of their own are no code.
pub fn mention<'n>(text: &str, names: impl IntoIterator<Item = &'n String>) -> Option<Mention> {
    let mentions = names.into_iter().filter_map(|name| {
        let lines = text.lines().zip(1..);
        let mut code = lines.filter(|(line, _)| {
            let line = line.trim_start();
            !line.starts_with('#') && !line.starts_with("//")
        });
        let (_, line) = code.find(|(line, _)| renamed(line, name, "") != **line)?;
        Some(Mention {
            name: name.clone(),
            line,
        })
    });
    mentions.min_by_key(|mention| mention.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"terraform {
  backend "s3" {}
}

variable "region" {
  type = string
}

variable "name" {}

locals {
  a = 1
  b = 2
}

resource "aws_db_proxy" "this" {
  name = var.name
}

data "aws_vpc" "this" {}

module "more" {}
"#;

    #[test]
    fn a_file_declares_names_and_what_a_state_knows() {
        let declared = declared(FILE).unwrap();
        assert_eq!(
            declared.resources.iter().collect::<Vec<_>>(),
            ["aws_db_proxy.this", "module.more"]
        );
        assert_eq!(
            declared.names.into_iter().collect::<Vec<_>>(),
            [
                "aws_db_proxy.this",
                "data.aws_vpc.this",
                "local.a",
                "local.b",
                "module.more",
                "var.name",
                "var.region"
            ]
        );
        assert!(declared.has_settings && declared.has_code);
    }

    #[test]
    fn a_variable_goes_with_its_empty_line_and_stands_elsewhere_as_it_was() {
        let (left, taken) = without_variables(FILE, &["region"]).unwrap();
        assert!(left.contains("}\n\nvariable \"name\" {}\n"), "{left}");
        assert!(!left.contains("region"), "{left}");
        assert_eq!(taken[0].text, "variable \"region\" {\n  type = string\n}");
        let other = "variable \"region\" {}\n\nvariable \"x\" {}\n";
        assert_eq!(
            with_variables(other, &taken).unwrap(),
            "variable \"region\" {\n  type = string\n}\n\nvariable \"x\" {}\n"
        );
    }

    #[test]
    fn whole_names_are_rewired_and_comments_mention_nothing() {
        let table = [("aws_db_proxy.this.arn", "module.proxy.proxy_arn")];
        let text = "a = aws_db_proxy.this.arn\nb = aws_db_proxy.this.arns\n# aws_db_proxy.this\n";
        let text = rewired(text, &table);
        assert_eq!(
            text,
            "a = module.proxy.proxy_arn\nb = aws_db_proxy.this.arns\n# aws_db_proxy.this\n"
        );
        let names = ["aws_db_proxy.this".to_owned()];
        assert_eq!(mention(&text, &names).unwrap().line, 2);
        let (first, _) = text.split_once('\n').unwrap();
        assert_eq!(mention(first, &names), None);
    }
}
