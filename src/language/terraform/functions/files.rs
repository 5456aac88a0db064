//! Functions that read files next to the configuration, if these files are in view.

use super::text;
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::resource::{Node, Value};
use crate::language::terraform::paths::joined;
use crate::language::terraform::scope::{Frame, Scope};
use crate::language::terraform::values::{Outcome, error, plain, unknown};

impl Scope<'_> {
    /// Evaluates a file function; `None` for any other function.
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

    /// Renders a template that is given as text, followed by its variables.
    pub(in crate::language::terraform) fn template_string(&self, given: &[Node]) -> Outcome<Value> {
        match given.first() {
            Some(template) => self.filled(&plain(&template.value)?, given),
            None => error("templatestring takes a template"),
        }
    }

    /// Resolves a path. Paths are relative to the folder of the root module, where Terraform runs, or to the folder of
    /// the Terragrunt unit.
    fn place(&self, path: &str) -> String {
        let of_unit = self.unit_file(path);
        of_unit.unwrap_or_else(|| joined(&self.evaluator.inputs.root, path))
    }

    /// Returns whether a file exists; unknown if this has not been checked yet.
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

    /// Renders a template with the given variables.
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

/// Runs a function with each member as a name in scope, in nested frames.
fn within(
    scope: Scope<'_>,
    members: &[(String, Node)],
    work: &mut dyn FnMut(&Scope<'_>) -> Outcome<Value>,
) -> Outcome<Value> {
    /// The maximum number of template variables; real templates have fewer.
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
