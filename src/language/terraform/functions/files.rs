//! Functions that read files beside the configuration, as far as these files are in view.

use super::text;
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::resource::{Node, Value};
use crate::language::terraform::paths::joined;
use crate::language::terraform::scope::{Frame, Scope};
use crate::language::terraform::values::{Outcome, error, plain, unknown};

impl Scope<'_> {
    /// The value of such a function; `None` for another one.
    pub(super) fn on_files(&self, name: &str, given: &[Node]) -> Option<Outcome<Value>> {
        match name {
            "basename" | "dirname" | "abspath" | "pathexpand" => Some(path_part(name, given)),
            "file" | "templatefile" => Some(self.content(name, given)),
            "fileexists" => Some(self.exists(given)),
            "templatestring" => Some(self.template_string(given)),
            "filebase64" | "filebase64sha256" | "filebase64sha512" | "filemd5" | "filesha1"
            | "filesha256" | "filesha512" | "fileset" => {
                Some(unknown(format!("{name} reads what is not in view")))
            }
            _ => None,
        }
    }

    /// A template that is given as text, with the values behind it.
    pub(in crate::language::terraform) fn template_string(&self, given: &[Node]) -> Outcome<Value> {
        match given.first() {
            Some(template) => self.filled(&plain(&template.value)?, given),
            None => error("templatestring takes a template"),
        }
    }

    /// Where a path leads to. Paths are meant from where Terraform runs, which is the root module's folder. In a unit of Terragrunt
    /// they are meant from its folder.
    fn place(&self, path: &str) -> String {
        let of_unit = self.unit_file(path);
        of_unit.unwrap_or_else(|| joined(&self.evaluator.inputs.root, path))
    }

    /// Whether a file is there, where somebody looked.
    fn exists(&self, given: &[Node]) -> Outcome<Value> {
        let Some(path) = given.first() else {
            return error("fileexists takes a path");
        };
        let path = plain(&path.value)?;
        let place = self.place(&path);
        if self.evaluator.is_there(&place) {
            return Ok(Value::Bool(true));
        }
        if self.evaluator.is_absent(&place) {
            return Ok(Value::Bool(false));
        }
        self.evaluator.want(&place);
        unknown(format!("the file {} is not in view", short(&path)))
    }

    fn content(&self, name: &str, given: &[Node]) -> Outcome<Value> {
        let Some(path) = given.first() else {
            return error(format!("{name} takes a path"));
        };
        let path = plain(&path.value)?;
        let place = self.place(&path);
        let Some(number) = self.evaluator.files.number(&place) else {
            self.evaluator.want(&place);
            return unknown(format!("the file {} is not in view", short(&place)));
        };
        let content = self.evaluator.files.text(number);
        self.pay(content.len())?;
        match name {
            "file" => Ok(text(content)),
            _ => self.filled(content, given),
        }
    }

    /// A template with the values that it is given.
    fn filled(&self, template: &str, given: &[Node]) -> Outcome<Value> {
        let members = match given.get(1).map(|node| &node.value) {
            Some(Value::Map(members)) => members.as_slice(),
            Some(value) => return unknown(crate::language::terraform::values::not_yet(value)),
            None => &[],
        };
        let bare = Scope {
            spans: false,
            frame: None,
            ..*self
        };
        within(bare, members, &mut |scope| {
            let node = scope.template_text(template, Origin::default())?;
            Ok(node.value)
        })
    }
}

/// Works with every member as a name, one frame after the other.
fn within(
    scope: Scope<'_>,
    members: &[(String, Node)],
    work: &mut dyn FnMut(&Scope<'_>) -> Outcome<Value>,
) -> Outcome<Value> {
    /// More values than anybody hands to a template.
    const MAX_VALUES: usize = 200;
    let Some(((name, node), rest)) = members.split_first() else {
        return work(&scope);
    };
    if members.len() > MAX_VALUES {
        return unknown("the template is given more values than are followed");
    }
    let frame = Frame {
        name,
        node: node.clone(),
        above: scope.frame,
    };
    within(scope.with(&frame), rest, work)
}

fn path_part(name: &str, given: &[Node]) -> Outcome<Value> {
    let Some(path) = given.first() else {
        return error(format!("{name} takes a path"));
    };
    let path = plain(&path.value)?;
    let (folder, last) = path.rsplit_once('/').unwrap_or((".", path.as_str()));
    let folder = if folder.is_empty() { "/" } else { folder };
    match name {
        "basename" => Ok(text(last)),
        "dirname" => Ok(text(folder)),
        _ => unknown(format!("{name} is known only where it is run")),
    }
}
