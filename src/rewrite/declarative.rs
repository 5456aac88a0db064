//! Checks that generated code only declares resources: no provisioner, no module, no function that reads a file, and no
//! resource type that the built-in templates do not use. The origin of the code makes no difference.

use hcl_edit::expr::FuncCall;
use hcl_edit::structure::Block;
use hcl_edit::visit::{Visit, visit_block, visit_func_call};

use crate::language::yaml;

/// The Terraform blocks that declare resources and settings of the plan. Their content is compared in
/// [`inventory`](super::inventory).
const BLOCKS: [&str; 9] = [
    "resource",
    "data",
    "ephemeral",
    "output",
    "locals",
    "variable",
    "check",
    "terraform",
    "provider",
];

/// The functions that read data from outside the text, or process such data. Source: the Terraform language's
/// functions, "Filesystem Functions".
const READING: [&str; 12] = [
    "file",
    "fileexists",
    "fileset",
    "filebase64",
    "filebase64sha256",
    "filebase64sha512",
    "filemd5",
    "filesha1",
    "filesha256",
    "filesha512",
    "templatefile",
    "pathexpand",
];

/// Returns everything that Terraform code does besides declaring; `known` lists the types that it may declare. Empty if
/// it only declares.
pub fn terraform(text: &str, known: &[&str]) -> Vec<String> {
    let body = match crate::language::hcl::body(text) {
        Ok(body) => body,
        Err(_) => return vec!["it cannot be read as Terraform".to_owned()],
    };
    let mut seen = DeclarativeCheck {
        known,
        depth: 0,
        found: Vec::new(),
    };
    seen.visit_body(&body);
    seen.found
}

struct DeclarativeCheck<'k> {
    known: &'k [&'k str],
    depth: usize,
    found: Vec<String>,
}

impl Visit for DeclarativeCheck<'_> {
    fn visit_block(&mut self, block: &Block) {
        let name = block.ident.as_str();
        if self.depth == 0 {
            self.top(name, block);
        } else if matches!(name, "provisioner" | "connection") {
            self.found.push(format!("a {name} runs commands"));
        }
        self.depth += 1;
        visit_block(self, block);
        self.depth -= 1;
    }

    fn visit_func_call(&mut self, call: &FuncCall) {
        let name = call.name.name.as_str();
        if !call.name.namespace.is_empty() || READING.contains(&name) {
            self.found
                .push(format!("the function {name} reads what is not in the text"));
        }
        visit_func_call(self, call);
    }
}

impl DeclarativeCheck<'_> {
    fn top(&mut self, name: &str, block: &Block) {
        if !BLOCKS.contains(&name) {
            self.found.push(format!("a block {name} is not for a pack"));
        }
        let kind = block.labels.first().map_or("", |label| label.as_str());
        let is_typed = matches!(name, "resource" | "data" | "ephemeral");
        if is_typed && !self.known.contains(&kind) {
            self.found.push(format!(
                "the type {kind} is none that the built-in templates have"
            ));
        }
    }
}

/// Returns everything that a CloudFormation template does besides declaring resources of the known types.
pub fn cloudformation(text: &str, known: &[&str]) -> Vec<String> {
    let Ok(Some(tree)) = yaml::load(text) else {
        return vec!["it cannot be read as YAML".to_owned()];
    };
    let mut found = Vec::new();
    if transforms(&tree) {
        found.push("a transform runs code".to_owned());
    }
    for (name, resource) in tree.get("Resources").map_or(&[][..], |all| all.members()) {
        let kind = resource.get("Type").and_then(|kind| kind.literal());
        if !kind.is_some_and(|kind| known.contains(&kind)) {
            let (name, kind) = (&name.text, kind.unwrap_or("(none)"));
            found.push(format!(
                "{name}: the type {kind} is none that the built-in templates have"
            ));
        }
    }
    found
}

/// True if a macro is used anywhere in the template, in its long or its short form.
fn transforms(tree: &yaml::Tree) -> bool {
    tree.tag
        .as_deref()
        .is_some_and(|tag| tag.ends_with("Transform"))
        || tree.items().iter().any(transforms)
        || tree
            .members()
            .iter()
            .any(|(key, value)| key.text.ends_with("Transform") || transforms(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_or_reads_is_named() {
        for (text, expected) in [
            ("module \"a\" {\n}\n", "block module"),
            ("moved {\n}\n", "block moved"),
            ("import {\n}\n", "block import"),
            ("resource \"null_resource\" \"a\" {\n}\n", "null_resource"),
            ("data \"external\" \"a\" {\n}\n", "external"),
            (
                "resource \"aws_x\" \"a\" {\n  provisioner \"local-exec\" {\n  }\n}\n",
                "provisioner",
            ),
            (
                "locals {\n  a = [upper(file(\"/etc/passwd\"))]\n}\n",
                "function file",
            ),
            (
                "locals {\n  a = \"${templatefile(\"x\", {})}\"\n}\n",
                "function templatefile",
            ),
            ("locals {\n  a = provider::evil::run()\n}\n", "function run"),
            ("locals {", "cannot be read"),
        ] {
            let found = terraform(text, &["aws_x"]).join("; ");
            assert!(found.contains(expected), "{text}: {found}");
        }
        assert!(
            terraform(
                "resource \"aws_x\" \"a\" {\n  b = upper(\"c\")\n}\n",
                &["aws_x"]
            )
            .is_empty()
        );
    }

    #[test]
    fn custom_resources_and_macros_are_named() {
        let known = ["AWS::KMS::Key"];
        let good = "Resources:\n  A:\n    Type: AWS::KMS::Key\n";
        assert!(cloudformation(good, &known).is_empty());
        for (text, expected) in [
            (
                "Resources:\n  A:\n    Type: Custom::Run\n",
                "A: the type Custom::Run",
            ),
            ("Resources:\n  A: {}\n", "(none)"),
            ("Transform: Evil\nResources: {}\n", "transform"),
            ("\"Trans\\u0066orm\": Evil\nResources: {}\n", "transform"),
            (
                "Resources: {}\nOutputs: {A: {Value: !Transform {Name: Evil}}}\n",
                "transform",
            ),
        ] {
            assert!(
                cloudformation(text, &known).join("; ").contains(expected),
                "{text}"
            );
        }
    }
}
