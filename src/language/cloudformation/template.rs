//! One template with its sections, independent of where its dialect keeps them. Nothing is evaluated here.

use std::collections::{BTreeMap, BTreeSet};

use super::loops::{self, BYTES_PER_VALUE};
use super::{CloudFormationFiles, serverless};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::yaml::{Content, MapKey, Place, Tree, YamlError};

/// The text of a template, parsed or not.
pub(super) struct ParsedTemplate<'t> {
    /// The path as the user gave it.
    pub(super) path: &'t str,
    pub(super) text: &'t str,
    /// The tree of the text; `Ok(None)` if it is empty.
    pub(super) parsed: Result<Option<Tree>, YamlError>,
}

/// A template that could be read.
#[derive(Debug)]
pub(super) struct Template {
    /// The path as the user gave it.
    pub(super) path: String,
    /// The files that the template consists of; the first is its own.
    pub(super) files: Vec<String>,
    /// The length of its text in bytes, which determines the evaluation budget.
    pub(super) length: usize,
    /// True for the Serverless Framework, where `${self:…}` is a variable in any text.
    pub(super) has_variables: bool,
    /// The parameters that a loop made a resource for, by logical id.
    pub(super) made_for: BTreeMap<String, BTreeSet<String>>,
    /// The scalars whose value comes from a default of the Serverless Framework's variables, with the name of the
    /// variable.
    pub(super) defaults: BTreeMap<Place, String>,
    /// The mapping with `Parameters`, `Resources` and so on.
    body: Tree,
    /// The position of each member in its section, by section and name.
    // A template with thousands of resources refers to them thousands of times.
    index: BTreeMap<(String, String), usize>,
}

/// The transform that includes a file.
const INCLUDE: &str = "AWS::Include";

impl Template {
    /// Reads a text. Adds a problem if it cannot be read.
    pub(super) fn read(
        ParsedTemplate { path, text, parsed }: ParsedTemplate<'_>,
        files: &CloudFormationFiles,
        problems: &mut Vec<(String, Origin)>,
    ) -> Option<Self> {
        let at = |place: Place| Origin::at(path, place.line, place.column);
        let found = parsed.map_err(|error| (error.message, error.place));
        let template = found.and_then(|root| {
            let mut whole = whole(path, root, files)?;
            whole.has_variables |= serverless::has_variables(text);
            let named = whole.missing.iter().map(|(file, place)| {
                let message =
                    format!("${{file({file})}} is not in view, so what it holds was not read");
                (message, at(*place))
            });
            problems.extend(named);
            let unrolled = loops::unrolled(whole.body, &files.parameters);
            Ok(Self {
                path: path.to_owned(),
                files: whole.files,
                length: text.len() + unrolled.values * BYTES_PER_VALUE,
                has_variables: whole.has_variables,
                index: index(&unrolled.body),
                body: unrolled.body,
                made_for: unrolled.made_for,
                defaults: whole.defaults,
            })
        });
        match template {
            Ok(template) => {
                collect_broken(&template.body, &template, problems);
                problems.extend(template.rewritten_by());
                Some(template)
            }
            Err((mut message, place)) => {
                if text.contains("AWS::RDS::DBProxy") {
                    message.push_str("; it mentions an RDS Proxy, which is not judged");
                }
                problems.push((message, at(place)));
                None
            }
        }
    }

    /// Returns the transforms that write a part of the template at deployment, each with a message.
    // The transforms of AWS itself are known, except for the one that includes a file ("AWS::Include transform"); the
    // effect of a macro of the account is unknown.
    fn rewritten_by(&self) -> Vec<(String, Origin)> {
        let rewritten = self.transforms().map(|(name, origin)| {
            let message = match name {
                INCLUDE => {
                    "a file of S3 is brought in when it is deployed: what it holds was not read"
                        .to_owned()
                }
                name => format!(
                    "the macro {} may rewrite this template when it is deployed: it was read as it is written",
                    short(name)
                ),
            };
            (message, origin)
        });
        rewritten.chain(self.extended()).collect()
    }

    fn transforms(&self) -> impl Iterator<Item = (&str, Origin)> {
        let sections = ["Transform", TRANSFORM];
        let named = sections.into_iter().filter_map(|name| self.body.get(name));
        let transforms = named.flat_map(|tree| match tree.items() {
            [] => std::slice::from_ref(tree),
            items => items,
        });
        transforms.filter_map(|tree| {
            let name = macro_name(tree).or_else(|| tree.literal())?;
            let is_known = name.starts_with("AWS::") && name != INCLUDE;
            (!is_known).then(|| (name, self.origin(tree.place)))
        })
    }

    /// Returns the macros of the whole template, by name.
    pub(super) fn macros(&self) -> impl Iterator<Item = (String, Origin)> {
        self.transforms()
            .map(|(name, origin)| (format!("the macro {}", short(name)), origin))
    }

    /// Reports a service that changes the resources which the framework makes ("AWS Infrastructure Resources",
    /// extending).
    fn extended(&self) -> Option<(String, Origin)> {
        let extensions = self.body.get("extensions").filter(|_| self.has_variables)?;
        let message = "`extensions` change what the Serverless Framework makes, and were not read: audit what `serverless package` writes";
        Some((message.to_owned(), self.origin(extensions.place)))
    }

    /// Returns the members of a section, in the order of the source.
    pub(super) fn section(&self, name: &str) -> &[(MapKey, Tree)] {
        self.body.get(name).map(Tree::members).unwrap_or_default()
    }

    /// Returns one member of a section.
    pub(super) fn member(&self, section: &str, name: &str) -> Option<&Tree> {
        let position = self.index.get(&(section.to_owned(), name.to_owned()))?;
        self.section(section).get(*position).map(|(_, tree)| tree)
    }

    /// Returns the type of a resource if it is literal.
    pub(super) fn kind_of(&self, logical_id: &str) -> Option<&str> {
        self.member("Resources", logical_id)?.get("Type")?.literal()
    }

    /// Returns the origin of a place in this template.
    pub(super) fn origin(&self, place: Place) -> Origin {
        let file = self.files.get(usize::from(place.file));
        let file = file.unwrap_or(&self.path);
        Origin::at(file.as_str(), place.line, place.column)
    }
}

fn index(body: &Tree) -> BTreeMap<(String, String), usize> {
    let sections = body.members().iter();
    sections
        .flat_map(|(section, tree)| {
            let members = tree.members().iter().enumerate();
            members.map(|(position, (key, _))| ((section.text.clone(), key.text.clone()), position))
        })
        .collect()
}

/// A template with all files that it includes.
struct Whole {
    body: Tree,
    files: Vec<String>,
    has_variables: bool,
    missing: Vec<(String, Place)>,
    defaults: BTreeMap<Place, String>,
}

fn whole(
    path: &str,
    root: Option<Tree>,
    files: &CloudFormationFiles,
) -> Result<Whole, (String, Place)> {
    let start = Place {
        line: 1,
        column: 1,
        file: 0,
    };
    let Some(root) = root else {
        return Err(("the file is empty".to_owned(), start));
    };
    if root.get("Resources").is_some() {
        return Ok(Whole {
            body: root,
            files: vec![path.to_owned()],
            has_variables: false,
            missing: Vec::new(),
            defaults: BTreeMap::new(),
        });
    }
    let service = serverless::filled_in(path, root, [&files.includes, &files.templates]);
    Ok(Whole {
        body: serverless::added(resources_of(&service.root)?, &service.root),
        files: service.files,
        has_variables: true,
        missing: service.missing,
        defaults: service.defaults,
    })
}

/// Returns the part of a service that is passed to CloudFormation.
fn resources_of(root: &Tree) -> Result<Tree, (String, Place)> {
    let Some(nested) = root.get("resources") else {
        return Err((
            "has no `Resources` section: not a CloudFormation template".to_owned(),
            root.place,
        ));
    };
    match &nested.content {
        Content::List(parts) => Ok(joined(parts, nested.place)),
        Content::Map(_) => Ok(nested.clone()),
        Content::Scalar { .. } | Content::Broken(_) => Err((
            "`resources` comes from a file that is not in view: audit what `serverless package` writes"
                .to_owned(),
            nested.place,
        )),
    }
}

/// Merges a list of templates section by section, as the Serverless Framework does.
fn joined(parts: &[Tree], place: Place) -> Tree {
    let mut sections: Vec<(MapKey, Tree)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, section) in parts.iter().flat_map(Tree::members) {
        let place = *places.entry(&key.text).or_insert(sections.len());
        match (sections.get_mut(place), &section.content) {
            (Some((_, known)), Content::Map(more)) => {
                if let Content::Map(members) = &mut known.content {
                    members.extend(more.iter().cloned());
                }
            }
            (Some(_), _) => {}
            (None, _) => sections.push((key.clone(), section.clone())),
        }
    }
    Tree {
        content: Content::Map(sections),
        tag: None,
        place,
    }
}

fn collect_broken(tree: &Tree, template: &Template, problems: &mut Vec<(String, Origin)>) {
    match &tree.content {
        Content::Broken(reason) => {
            problems.push((reason.clone(), template.origin(tree.place)));
        }
        Content::List(items) => items
            .iter()
            .for_each(|item| collect_broken(item, template, problems)),
        Content::Map(members) => members
            .iter()
            .for_each(|(_, value)| collect_broken(value, template, problems)),
        Content::Scalar { .. } => {}
    }
}

/// The function that lets a macro of the account, or a file of S3, write a part of the template.
pub(super) const TRANSFORM: &str = "Fn::Transform";

/// Returns the macro that `Fn::Transform` or `Transform` names, in its long form.
pub(super) fn macro_name(argument: &Tree) -> Option<&str> {
    argument.get("Name").and_then(Tree::literal)
}
