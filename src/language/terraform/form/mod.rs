//! The normal form of a configuration: the content of its blocks after override files are applied, independent of
//! formatting. Local values are replaced by their expressions where they are used.

mod print;

use std::collections::BTreeMap;
use std::sync::Arc;

use hcl_edit::expr::Expression;
use print::Printer;

use super::TerraformFiles;
use super::files::Files;
use super::folder::{Folder, folders, is_configuration};
use super::inputs::{GivenValue, Inputs};
use crate::language::form::{Form, FormPart};
use crate::language::hcl::{Block, HclAttribute, Spot};

/// Descriptive arguments of blocks that deploy nothing. The description of a resource is not included: it is deployed.
const PROSE: [(&str, &[&str]); 6] = [
    ("variable", &["description"]),
    ("output", &["description"]),
    ("validation", &["error_message"]),
    ("precondition", &["error_message"]),
    ("postcondition", &["error_message"]),
    ("assert", &["error_message"]),
];

/// The block kinds that [`Folder`] does not keep because evaluation does not need them.
const OTHERS: [&str; 7] = [
    "provider",
    "check",
    "moved",
    "removed",
    "import",
    "run",
    "mock_provider",
];

/// Returns the form of all folders in view. Parts outside of the `home` folder are prefixed with their folder.
pub fn form(wanted: &TerraformFiles, home: &str) -> Form {
    let files = Files::new(&wanted.files);
    let mut problems = Vec::new();
    let mut form = Form::default();
    for (path, folder) in folders(&files, &wanted.unread, &mut problems) {
        let has_files = wanted
            .files
            .keys()
            .any(|file| super::folder_of(file) == path);
        if has_files {
            let prefix = if path == home {
                String::new()
            } else {
                format!("{path}: ")
            };
            Writer::new(&files, &folder, &prefix).folder(&mut form);
        }
    }
    let inputs = Inputs::read(wanted, &files, &mut problems);
    let nothing = Folder::default();
    let writer = Writer::new(&files, &nothing, "");
    for (name, given) in &inputs.given {
        if let GivenValue::Attribute(attribute) = given {
            writer.attribute(&mut form, &format!("value of var.{name}"), attribute);
        }
    }
    form
}

/// Prints one expression in its normal form, without resolving names. `text` is the text of its file.
pub(crate) fn expression_form(value: &Expression, text: &str) -> String {
    let attribute = HclAttribute {
        name: String::new(),
        spot: Spot::default(),
        value: Arc::new(value.clone()),
        spans: true,
    };
    let printer = Printer {
        locals: &BTreeMap::new(),
        text: &|_| text,
        sorted: false,
    };
    printer.print(&attribute)
}

/// Returns the form of a single file, such as a test.
pub fn file_form(path: &str, text: &str) -> Form {
    let texts = BTreeMap::from([(path.to_owned(), text.to_owned())]);
    let files = Files::new(&texts);
    let mut form = Form::default();
    match files.parse(0) {
        Ok(block) => {
            let nothing = Folder::default();
            let writer = Writer::new(&files, &nothing, "");
            writer.body(&mut form, path, &block);
        }
        Err((_, origin)) => form.add(path.to_owned(), FormPart::plain(text.to_owned(), origin)),
    }
    form
}

/// Writes the parts of one folder.
struct Writer<'f> {
    files: &'f Files<'f>,
    folder: &'f Folder,
    prefix: &'f str,
}

impl<'f> Writer<'f> {
    fn new(files: &'f Files<'f>, folder: &'f Folder, prefix: &'f str) -> Self {
        Self {
            files,
            folder,
            prefix,
        }
    }

    fn folder(&self, form: &mut Form) {
        let Folder {
            path,
            variables,
            locals: _,
            outputs,
            calls,
            resources,
            // Reported as a problem.
            unread: _,
            length: _,
            config: _,
        } = self.folder;
        let named = |before: &'static str, blocks: &'f BTreeMap<String, Block>| {
            blocks
                .iter()
                .map(move |(name, block)| (format!("{before}{name}"), block))
        };
        let all = named("var.", variables)
            .chain(named("output.", outputs))
            .chain(named("module.", calls))
            .chain(named("", resources));
        for (name, block) in all {
            self.block(form, &format!("{}{name}", self.prefix), block);
        }
        self.others(form, path);
    }

    /// Writes the blocks that control planning rather than declare objects.
    fn others(&self, form: &mut Form, folder: &str) {
        let own = self
            .files
            .paths()
            .filter(|(_, path)| super::folder_of(path) == folder && is_configuration(path));
        for (number, _) in own {
            let blocks = self.files.parse(number).map(|file| file.blocks);
            for block in blocks.unwrap_or_default() {
                let name = format!("{}{}", self.prefix, label(&block));
                match block.kind.as_str() {
                    // Several `terraform` blocks are equivalent to one.
                    "terraform" => self.body(form, &name, &block),
                    kind if OTHERS.contains(&kind) => self.block(form, &name, &block),
                    _ => {}
                }
            }
        }
    }

    /// Writes a block; its presence is a part of its own, because the block may be empty.
    fn block(&self, form: &mut Form, name: &str, block: &Block) {
        form.add(name.to_owned(), self.present(block.spot));
        self.body(form, name, block);
    }

    fn body(&self, form: &mut Form, name: &str, block: &Block) {
        let prose = PROSE.iter().find(|(kind, _)| *kind == block.kind);
        let prose = prose.map_or(&[][..], |(_, names)| names);
        for attribute in &block.attributes {
            if !prose.contains(&attribute.name.as_str()) {
                self.attribute(form, &format!("{name}/{}", attribute.name), attribute);
            }
        }
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for inner in &block.blocks {
            *count.entry(label(inner)).or_default() += 1;
        }
        for inner in &block.blocks {
            let label = label(inner);
            match count.get(&label) {
                Some(1) => self.block(form, &format!("{name}/{label}"), inner),
                // Several blocks with the same label are told apart by their content.
                _ => {
                    let said = self.whole(inner);
                    form.add(format!("{name}/{label} {said}"), self.present(inner.spot));
                }
            }
        }
    }

    /// Returns the whole content of a block as one text.
    fn whole(&self, block: &Block) -> String {
        let mut form = Form::default();
        self.body(&mut form, "", block);
        let parts = form.parts.iter();
        parts
            .map(|(name, part)| format!("{} = {}", name.trim_start_matches('/'), part.text))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn attribute(&self, form: &mut Form, name: &str, attribute: &HclAttribute) {
        let print = |sorted| {
            let printer = Printer {
                locals: &self.folder.locals,
                text: &|file| self.files.text(file),
                sorted,
            };
            printer.print(attribute)
        };
        let part = FormPart {
            text: print(false),
            unordered: print(true),
            origin: self.files.origin(attribute.spot),
        };
        // An argument that is null counts as omitted.
        if part.text != "null" {
            form.add(name.to_owned(), part);
        }
    }

    fn present(&self, spot: Spot) -> FormPart {
        FormPart::plain("present".to_owned(), self.files.origin(spot))
    }
}

fn label(block: &Block) -> String {
    std::iter::once(&block.kind)
        .chain(&block.labels)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<String> {
        let form = |files: &[(&str, &str)]| {
            let files = files
                .iter()
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
            super::form(&TerraformFiles::new("", files.collect()), "")
        };
        let (before, after) = (form(before), form(after));
        let changes = before.changes(&after).into_iter();
        changes.map(|change| change.name.to_owned()).collect()
    }

    #[test]
    fn ways_of_writing_are_one_form() {
        let one = r#"
locals {
  name = "a-${var.x}"
}
variable "x" {
  description = "one"
  default     = 1.0
}
resource "r" "a" { # why
  list = ["b", "c"]
  map  = { a = 1, b = 2 }
  text = local.name
  sum  = (1 + 2) * var.x
  doc  = "a\nb\n"
  none = null
  rule { port = 1 }
  rule { port = 2 }
}
"#;
        let other = r#"
resource "r" "a" {
  rule {
    port = 2
  }
  rule {
    port = 1
  }
  doc = <<-EOT
    a
    b
  EOT
  sum  = ((1 + 2) * var.x)
  text = local.other
  map = {
    "b" : 2
    a = 1
  }
  list = [
    "b",
    "c", // two
  ]
}
"#;
        let rest = "variable \"x\" {\n  default = 1\n}\nlocals {\n  other = \"a-${var.x}\"\n  unused = 1\n}\n";
        assert_eq!(
            changed(&[("main.tf", one)], &[("a.tf", other), ("b.tf", rest)]),
            [""; 0]
        );
    }

    #[test]
    fn what_is_said_is_named_wherever_it_is_said() {
        let main = "resource \"r\" \"a\" {\n  tls = var.tls\n  rule { port = 1 }\n}\nvariable \"tls\" { default = true }\n";
        for (file, text, names) in [
            (
                "override.tf",
                "resource \"r\" \"a\" {\n  tls = false\n}\n",
                &["r.a/tls"][..],
            ),
            ("terraform.tfvars", "tls = false\n", &["value of var.tls"]),
            ("more.tf", "resource \"r\" \"b\" {}\n", &["r.b"]),
            (
                "more.tf",
                "provider \"aws\" {\n  region = \"x\"\n}\n",
                &["provider.aws", "provider.aws/region"],
            ),
            (
                "more.tf",
                "moved {\n  from = r.a\n  to = r.b\n}\n",
                &["moved", "moved/from", "moved/to"],
            ),
        ] {
            assert_eq!(
                changed(&[("main.tf", main)], &[("main.tf", main), (file, text)]),
                names,
                "{file} {text}"
            );
        }
    }

    #[test]
    fn local_values_that_lead_back_or_grow_end() {
        let mut text =
            String::from("locals {\n  a = local.b\n  b = local.a\n  l0 = \"0123456789\"\n");
        for number in 1..40 {
            let last = number - 1;
            text.push_str(&format!("  l{number} = [local.l{last}, local.l{last}]\n"));
        }
        text.push_str("}\nresource \"r\" \"a\" {\n  a = local.a\n  b = local.l39\n}\n");
        assert_eq!(changed(&[("a.tf", &text)], &[("b.tf", &text)]), [""; 0]);
    }
}
