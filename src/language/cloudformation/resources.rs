//! The resources of one stack, each with its properties evaluated.

use super::evaluate::StackScope;
use super::template::TRANSFORM;
use super::{estate, sam};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::partial_string;
use crate::language::resource::{
    Absent, Dialect, Document, LeftOut, MENTIONED, Node, Piece, Resource, UNREAD, Value,
};
use crate::language::yaml::{Content, MapKey, Tree};

/// Adds the resources of a stack to the document.
pub(super) fn read(scope: StackScope<'_>, document: &mut Document) {
    let own = document.resources.len();
    let mut unread: Vec<(String, Origin)> = scope.template().macros().collect();
    for (key, tree) in scope.template().section("Resources") {
        let origin = scope.origin(key.place);
        match scope.resource(key, tree) {
            Ok(MadeResource::Yes(resource)) => {
                let missing = scope.template_not_in_view(key, tree);
                document
                    .not_in_view
                    .extend(missing.map(|reason| (reason, origin)));
                document.resources.extend(sam::expanded(scope, resource));
            }
            Ok(MadeResource::No(absent)) => document.absent.extend(absent),
            Err(problem) => {
                let makes_others = key.text.starts_with("Fn::");
                unread.extend(makes_others.then(|| (short(&key.text), origin.clone())));
                document.problems.push((problem, origin));
            }
        }
    }
    let resources = &document.resources[own..];
    let made: Vec<_> = unread
        .into_iter()
        .map(|(name, origin)| made_elsewhere(scope.address(&name), origin, resources))
        .collect();
    document.resources.extend(made);
}

/// Makes a placeholder for a macro or a file that writes resources at deployment. It refers to all resources of the
/// template, because it may change any of them.
fn made_elsewhere(address: String, origin: Origin, resources: &[Resource]) -> Resource {
    let references = resources.iter().map(|resource| {
        let piece = Piece::Reference(resource.address.clone(), String::new());
        Node::new(Value::Text(vec![piece]), origin.clone())
    });
    let body = Value::List(references.collect());
    Resource {
        dialect: Dialect::CloudFormation,
        kind: UNREAD.to_owned(),
        address,
        body: Node::new(body, origin.clone()),
        known_as: Vec::new(),
        origin,
    }
}

/// Returns the resources of a nested stack that a default or a given value excludes.
pub(super) fn left_out(scope: StackScope<'_>) -> Vec<Absent> {
    let Some(by) = scope.failing_condition().and_then(|way| left_out_by(&way)) else {
        return Vec::new();
    };
    let resources = scope.template().section("Resources").iter();
    let absent = resources.filter_map(|(key, tree)| {
        Some(Absent {
            dialect: Dialect::CloudFormation,
            kind: tree.get("Type").and_then(Tree::literal)?.to_owned(),
            address: scope.address(&key.text),
            by: by.clone(),
            origin: scope.origin(key.place),
        })
    });
    absent.collect()
}

/// Collects every text of a tree.
fn scalars<'t>(tree: &'t Tree, found: &mut Vec<&'t str>) {
    found.extend(tree.scalar());
    for item in tree.items() {
        scalars(item, found);
    }
    for (_, member) in tree.members() {
        scalars(member, found);
    }
}

/// True if a text is the name of a resource or of one of its attributes, or contains either: `Group`, `Group.GroupId`,
/// `${Group.GroupId}`.
fn names(text: &str, resource: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['.', '}']);
    let is_held = |part: &str| part.strip_prefix(resource).is_some_and(ends);
    text.strip_prefix(resource)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        || text.split("${").skip(1).any(is_held)
}

/// True for a type of resource whose effect is not in view: custom resources, nested stacks and types of third parties.
fn is_out_of_view(kind: &str) -> bool {
    !kind.starts_with("AWS::") || kind.starts_with("AWS::CloudFormation::")
}

/// The result of reading a resource.
enum MadeResource {
    Yes(Resource),
    /// There is no resource; with the value that excludes it, if a value does.
    No(Option<Absent>),
}

impl StackScope<'_> {
    /// Reads one resource; none if its condition does not hold.
    fn resource(&self, key: &MapKey, tree: &Tree) -> Result<MadeResource, String> {
        let name = short(&key.text);
        if key.text.starts_with("Fn::") {
            return Err(format!(
                "{name} makes resources when it is deployed: they were not read"
            ));
        }
        if let Content::Broken(_) = &tree.content {
            return Err(format!("{name} was not read"));
        }
        if let Some(parameter) = self.made_for_another_list(&key.text) {
            return Err(format!(
                "{name} is made for each item of the parameter {parameter}, which another stack passes: it was not read"
            ));
        }
        let kind = tree
            .get("Type")
            .and_then(Tree::literal)
            .ok_or_else(|| format!("{name} has no type, so it was not read"))?;
        let condition = tree
            .get("Condition")
            .map(|condition| self.condition_of(condition));
        if let Some(condition) = &condition
            && condition.value == Value::Bool(false)
        {
            let by = left_out_by(&condition.origin);
            return Ok(MadeResource::No(by.map(|by| Absent {
                dialect: Dialect::CloudFormation,
                kind: kind.to_owned(),
                address: self.address(&key.text),
                by,
                origin: self.origin(key.place),
            })));
        }
        let mut members = self.properties(tree, &name)?;
        members.extend(condition.map(|one| ("@Condition".to_owned(), one)));
        members.extend(self.beside_properties(tree));
        if is_out_of_view(kind) {
            members.extend(self.mentioned(key, tree, &members));
        }
        let body = Node::new(Value::Map(members), self.origin(key.place));
        Ok(MadeResource::Yes(Resource {
            dialect: Dialect::CloudFormation,
            kind: kind.to_owned(),
            address: self.address(&key.text),
            origin: self.origin(key.place),
            known_as: own_names(kind, &body),
            body,
        }))
    }

    /// Returns the resources that unresolved properties name.
    fn mentioned(
        &self,
        key: &MapKey,
        tree: &Tree,
        members: &[(String, Node)],
    ) -> Option<(String, Node)> {
        if !members.iter().any(|(_, node)| node.value.is_open()) {
            return None;
        }
        let mut texts = Vec::new();
        scalars(tree.get("Properties")?, &mut texts);
        let origin = self.origin(key.place);
        let all = self.template().section("Resources").iter();
        let named = all.filter(|(other, _)| texts.iter().any(|text| names(text, &other.text)));
        let found = named.map(|(other, _)| {
            let piece = Piece::Reference(self.address(&other.text), String::new());
            Node::new(Value::Text(vec![piece]), origin.clone())
        });
        let list = Node::new(Value::List(found.collect()), origin.clone());
        (!list.items().is_empty()).then(|| (MENTIONED.to_owned(), list))
    }

    /// Describes the problem of a nested stack whose template is not in view.
    fn template_not_in_view(&self, key: &MapKey, tree: &Tree) -> Option<String> {
        let named = estate::named_template(tree)?;
        let child = self.estate.child(self.stack, &key.text);
        child.is_none().then(|| {
            let name = short(&key.text);
            format!(
                "the template of the nested stack {name} is not in view: {}",
                short(&named)
            )
        })
    }

    /// Returns the parameter whose list a loop was expanded for, if the calling stack may pass another list.
    fn made_for_another_list(&self, logical_id: &str) -> Option<&String> {
        let parameters = self.template().made_for.get(logical_id)?;
        let is_nested = self.stack().parent.is_some();
        parameters.iter().find(|parameter| {
            let is_passed = self.estate.parameters.contains_key(*parameter)
                || self.passed_by_parent(parameter).is_some();
            is_nested && is_passed
        })
    }

    fn condition_of(&self, condition: &Tree) -> Node {
        let name = condition.scalar().unwrap_or_default();
        let verdict = self.condition(name);
        let mut origin = self.origin(condition.place);
        origin.via.push(format!("condition {}", short(name)));
        verdict.into_node(origin)
    }

    fn properties(&self, tree: &Tree, name: &str) -> Result<Vec<(String, Node)>, String> {
        let Some(properties) = tree.get("Properties") else {
            return Ok(self.brought_in(tree).collect());
        };
        if let [(key, _)] = properties.members()
            && key.text == TRANSFORM
        {
            return Ok(self.brought_in(properties).collect());
        }
        match self.eval(properties).value {
            Value::Map(members) => Ok(members),
            Value::Null => Ok(Vec::new()),
            Value::Unresolved(reason) => Err(format!("{name} was not read: {reason}")),
            _ => Err(format!(
                "the properties of {name} are not a map, so it was not read"
            )),
        }
    }

    /// Returns unresolved values for properties that are not in the template and that a macro or a file of S3 may add.
    fn brought_in(&self, tree: &Tree) -> impl Iterator<Item = (String, Node)> {
        let transform = tree.get(TRANSFORM);
        let node = transform.map(|member| self.added_later(TRANSFORM, member));
        node.map(|node| (TRANSFORM.to_owned(), node)).into_iter()
    }

    fn beside_properties(&self, tree: &Tree) -> Vec<(String, Node)> {
        let as_written = ["DeletionPolicy", "UpdateReplacePolicy"]
            .into_iter()
            .filter_map(|name| Some((format!("@{name}"), self.eval(tree.get(name)?))));
        let depends = tree
            .get("DependsOn")
            .map(|depends| ("@DependsOn".to_owned(), self.depends_on(depends)));
        as_written.chain(depends).collect()
    }

    /// Converts one name or a list of names to a list of addresses.
    fn depends_on(&self, depends: &Tree) -> Node {
        let names = match depends.items() {
            [] => std::slice::from_ref(depends),
            items => items,
        };
        let addresses = names
            .iter()
            .filter_map(|name| {
                let address = Value::text(self.address(name.literal()?));
                Some(Node::new(address, self.origin(name.place)))
            })
            .collect();
        Node::new(Value::List(addresses), self.origin(depends.place))
    }
}

/// Returns the default or the value that makes a condition fail; none if the template itself determines it.
fn left_out_by(way: &Origin) -> Option<LeftOut> {
    if let Some(name) = &way.default_of {
        return Some(LeftOut::Default(name.clone()));
    }
    let steps = way.via.iter();
    let mut steps = steps.skip_while(|step| !step.starts_with("parameter "));
    let name = steps.next()?.strip_prefix("parameter ")?;
    Some(LeftOut::Value(match steps.next() {
        Some(place) => format!("{name} in {place}"),
        None => name.to_owned(),
    }))
}

/// The property of each type that holds the name by which others may refer to it without a reference.
const NAMES: &[(&str, &str)] = &[
    ("AWS::EC2::SecurityGroup", "GroupName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    (
        "AWS::RDS::DBClusterParameterGroup",
        "DBClusterParameterGroupName",
    ),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName"),
    ("AWS::RDS::DBProxy", "DBProxyName"),
    ("AWS::SecretsManager::Secret", "Name"),
    ("AWS::Serverless::Function", "FunctionName"),
];

fn own_names(kind: &str, body: &Node) -> Vec<String> {
    NAMES
        .iter()
        .filter(|(named, _)| *named == kind)
        .filter_map(|(_, property)| partial_string::plain(&body.get(property)?.value))
        .collect()
}
