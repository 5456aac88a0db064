//! One template: its sections, wherever its dialect keeps them. Nothing is evaluated here.

use std::collections::{BTreeMap, BTreeSet};

use super::loops::{self, BYTES_PER_VALUE};
use super::{CloudFormationFiles, serverless};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::yaml::{Content, MapKey, Place, Tree, YamlError};

/// A template that could be read.
#[derive(Debug)]
pub(super) struct Template {
    /// As the user named it.
    pub(super) path: String,
    /// The files that it is put together from; the first is its own.
    pub(super) files: Vec<String>,
    /// How long its text is: what evaluation may cost is measured by it.
    pub(super) length: usize,
    /// True for the Serverless Framework, where `${self:…}` is a variable in any text.
    pub(super) has_variables: bool,
    /// The parameters that a resource was made for by a loop, by logical id.
    pub(super) made_for: BTreeMap<String, BTreeSet<String>>,
    /// The scalars that are what they are by a default of the Serverless Framework's variables, and the variable's name.
    pub(super) defaults: BTreeMap<Place, String>,
    /// The mapping with `Parameters`, `Resources` and so on.
    body: Tree,
    /// Where each member stands in its section: a template of thousands of resources refers to them thousands of times.
    index: BTreeMap<(String, String), usize>,
}

/// The transform that brings in a file.
const INCLUDE: &str = "AWS::Include";

impl Template {
    /// Reads a text; what cannot be read becomes a problem.
    pub(super) fn read(
        ((path, text), parsed): ((&str, &str), Result<Option<Tree>, YamlError>),
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

    /// What writes a part of the template when it is deployed. The transforms of AWS itself are known, but for the one that brings in
    /// a file ("AWS::Include transform"); what a macro of the account does is anybody's guess.
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

    /// The macros of the whole template, by name.
    pub(super) fn macros(&self) -> impl Iterator<Item = (String, Origin)> {
        self.transforms()
            .map(|(name, origin)| (format!("the macro {}", short(name)), origin))
    }

    /// A service may change what the framework makes for it ("AWS Infrastructure Resources", extending).
    fn extended(&self) -> Option<(String, Origin)> {
        let extensions = self.body.get("extensions").filter(|_| self.has_variables)?;
        let message = "`extensions` change what the Serverless Framework makes, and were not read: audit what `serverless package` writes";
        Some((message.to_owned(), self.origin(extensions.place)))
    }

    /// The members of a section, in the order of the source.
    pub(super) fn section(&self, name: &str) -> &[(MapKey, Tree)] {
        self.body.get(name).map(Tree::members).unwrap_or_default()
    }

    /// One member of a section.
    pub(super) fn member(&self, section: &str, name: &str) -> Option<&Tree> {
        let position = self.index.get(&(section.to_owned(), name.to_owned()))?;
        self.section(section).get(*position).map(|(_, tree)| tree)
    }

    /// The type of a resource, where it is written out.
    pub(super) fn kind_of(&self, logical_id: &str) -> Option<&str> {
        self.member("Resources", logical_id)?.get("Type")?.literal()
    }

    /// A place in this template.
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

/// A template with all that it includes.
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

/// What a service hands on to CloudFormation.
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

/// The Serverless Framework takes a list of templates and merges them section by section.
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

/// The function that has a macro of the account, or a file of S3, write a part of the template.
pub(super) const TRANSFORM: &str = "Fn::Transform";

/// The macro that `Fn::Transform` or `Transform` names, in its long form.
pub(super) fn macro_name(argument: &Tree) -> Option<&str> {
    argument.get("Name").and_then(Tree::literal)
}
