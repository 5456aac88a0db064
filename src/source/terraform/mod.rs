//! Reads Terraform and OpenTofu source into a [`Document`], as a plain apply would expand it.
//!
//! Three-valued: what cannot be worked out from the text in view is a [`Value::Unresolved`] with the way to its source. A
//! file that cannot be parsed is a problem of the document, and the rest is still read. Nothing here knows what a proxy is
//! for, and nothing opens a file.

mod evaluator;
mod expand;
mod expression;
mod files;
mod folder;
mod functions;
mod operators;
mod parse;
mod policy;
mod target;
mod template;
mod traversal;
mod value;
mod variables;

use std::collections::BTreeMap;
use std::rc::Rc;

pub use files::TerraformFiles;

use self::evaluator::{Evaluator, Module, Scope, World};
use self::expand::Found;
use self::expression::bare;
use self::folder::Folder;
use self::parse::{Parsed, Source};
use self::value::{Fault, Outcome, literal};
use self::variables::{Given, from_json};
use crate::domain::evidence::Origin;
use crate::source::resource::{Document, Node, Value};

/// Bytes of stack for the reader: deep but legal nesting must not depend on the caller's thread.
const STACK: usize = 256 << 20;

/// Reads the root module and all local modules that it calls.
pub fn read(files: &TerraformFiles) -> Document {
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || read_here(files));
        let outcome = reader.map(|handle| handle.join());
        match outcome {
            Ok(Ok(document)) => document,
            Ok(Err(_)) | Err(_) => failed("the reader could not do its work", &files.root),
        }
    })
}

fn failed(reason: &str, root: &str) -> Document {
    Document {
        resources: Vec::new(),
        problems: vec![(reason.to_owned(), Origin::document(root))],
    }
}

fn read_here(files: &TerraformFiles) -> Document {
    let mut problems = Vec::new();
    let mut parsed = Vec::new();
    for (path, text) in &files.files {
        if files::is_configuration(path) || path.ends_with(".tfvars") {
            match Source::new(path, text).parse() {
                Ok(file) => parsed.push(file),
                Err(problem) => problems.push(problem),
            }
        } else if path.ends_with(".tf.json") || path.ends_with(".tofu.json") {
            let reason = "Terraform in JSON is not read".to_owned();
            problems.push((reason, Origin::document(path)));
        }
    }
    let root = files::normal(&files.root);
    let world = World {
        folders: folders(&parsed),
        given: given(files, &parsed, &root, &mut problems),
        root,
        texts: &files.files,
    };
    let mut document = expand(&world);
    problems.append(&mut document.problems);
    document.problems = problems;
    document
}

fn expand(world: &World<'_>) -> Document {
    let Some(folder) = world.folders.get(&world.root) else {
        return failed("there is no Terraform file in this folder", &world.root);
    };
    let module = Rc::new(Module {
        prefix: String::new(),
        path: world.root.clone(),
        folder,
        call: None,
    });
    let mut found = Found::default();
    Evaluator::new(world).resources(&module, &mut found);
    found
        .resources
        .sort_by(|one, other| one.address.cmp(&other.address));
    Document {
        resources: found.resources,
        problems: found.problems,
    }
}

fn folders(parsed: &[Parsed]) -> BTreeMap<String, Folder<'_>> {
    let mut by_path: BTreeMap<String, Vec<&Parsed>> = BTreeMap::new();
    for file in parsed
        .iter()
        .filter(|file| files::is_configuration(&file.source.name))
    {
        let (folder, _) = files::split(&file.source.name);
        by_path.entry(folder).or_default().push(file);
    }
    by_path
        .into_iter()
        .map(|(path, mut files)| {
            files.sort_by_key(|file| files::is_override(files::split(&file.source.name).1));
            (path, Folder::gather(files))
        })
        .collect()
}

/// What the root module's variables are given: automatic files, then `--var-file`, then `--var`; the last one wins.
fn given<'a>(
    files: &TerraformFiles,
    parsed: &'a [Parsed],
    root: &str,
    problems: &mut Vec<(String, Origin)>,
) -> BTreeMap<String, Given<'a>> {
    let mut given = BTreeMap::new();
    let mut automatic: Vec<(u8, &String)> = files
        .files
        .keys()
        .filter(|path| files::split(path).0 == root)
        .filter_map(|path| Some((files::automatic_rank(files::split(path).1)?, path)))
        .collect();
    automatic.sort();
    let chosen = automatic
        .into_iter()
        .map(|(_, path)| path)
        .chain(&files.var_files);
    for path in chosen {
        if let Some(file) = parsed.iter().find(|file| file.source.name == *path) {
            for attribute in file.body.attributes() {
                let value = Given::Written(&file.source, &attribute.value);
                given.insert(attribute.key.as_str().to_owned(), value);
            }
        } else if let Some(text) = files.files.get(path).filter(|_| path.ends_with(".json")) {
            match serde_json::from_str::<BTreeMap<String, serde_json::Value>>(text) {
                Ok(values) => given.extend(values.iter().map(|(name, json)| {
                    let mut node = from_json(json);
                    node.origin = Origin::document(path);
                    (name.clone(), Given::Value(node))
                })),
                Err(error) => problems.push((error.to_string(), Origin::document(path))),
            }
        }
    }
    for (name, text) in &files.vars {
        given.insert(name.clone(), Given::Value(from_command_line(text)));
    }
    given
}

/// A collection is written as JSON; everything else is a text, which the variable's type converts.
fn from_command_line(text: &str) -> Node {
    let json = Some(text)
        .filter(|text| text.trim_start().starts_with(['[', '{']))
        .and_then(|text| serde_json::from_str(text).ok());
    let value = json.map_or_else(|| Value::text(text), |json| from_json(&json).value);
    Node::new(value, Origin::document("--var"))
}

impl<'a> Evaluator<'a> {
    /// `file` and `templatefile`, for files in view.
    fn read_file(&self, name: &str, arguments: &[Node], scope: &Scope<'a>) -> Outcome<Value> {
        let Some(path) = arguments.first() else {
            return Fault::error(format!("{name}() needs a path"));
        };
        let path = files::normal(&literal(path)?);
        let within = files::join(&scope.module.path, &path);
        match self
            .world
            .texts
            .get(&path)
            .or_else(|| self.world.texts.get(&within))
        {
            Some(text) if name == "file" => Ok(bare(Value::text(text)).value),
            _ => Fault::unknown(format!("{name}() ← {path} is not in view")),
        }
    }
}
