//! The resources that the Serverless Framework makes of `functions` and `provider`: a Lambda function for each, and the
//! role that they share. They have only the properties that show who may or will connect to a database: names,
//! networks, environments, roles and their policies.
//!
//! Sources: Serverless Framework documentation, "AWS Lambda Functions", "IAM Permissions For Functions"; the
//! framework's own `naming.js` for the logical ids; the plugin serverless-iam-roles-per-function for roles of single
//! functions.

use crate::language::yaml::{Content, MapKey, Place, Tree};

/// The key of the environment variables of a function or of the provider.
pub(super) const ENVIRONMENT: &str = "environment";

/// The keys that are read of each function.
pub(super) const OF_FUNCTION: [&str; 6] = [
    "name",
    ENVIRONMENT,
    "role",
    "vpc",
    "iamRoleStatements",
    "iamRoleStatementsInherit",
];

/// The keys that are read of the provider.
pub(super) const OF_PROVIDER: [&str; 7] = [
    "stage",
    ENVIRONMENT,
    "role",
    "iam",
    "iamRoleStatements",
    "iamManagedPolicies",
    "vpc",
];

/// The logical id of the role of all functions that name no other.
const ROLE: &str = "IamRoleLambdaExecution";

/// The plugin without which the framework ignores a function's own statements.
const ROLES_PER_FUNCTION: &str = "serverless-iam-roles-per-function";

/// Adds the resources that the framework makes to those of a service. A resource that is already written under one of
/// their names stays as it is.
pub(in super::super) fn added(mut body: Tree, service: &Tree) -> Tree {
    let service = ServiceParts::new(service);
    let made = service.resources();
    let Content::Map(sections) = &mut body.content else {
        return body;
    };
    let section = sections.iter_mut().find(|(key, _)| key.text == "Resources");
    let resources = match section {
        Some((_, resources)) => resources,
        None if made.is_empty() => return body,
        None => {
            let place = body.place;
            let key = key("Resources", place);
            sections.push((key, map([], place)));
            let last = sections.len() - 1;
            &mut sections[last].1
        }
    };
    if let Content::Map(members) = &mut resources.content {
        for (key, tree) in made {
            if members.iter().all(|(known, _)| known.text != key.text) {
                members.push((key, tree));
            }
        }
    }
    body
}

/// The parts of a service that matter here.
struct ServiceParts<'s> {
    name: String,
    root: &'s Tree,
    /// The functions by their names, from which their logical ids are made.
    functions: Vec<(&'s MapKey, &'s Tree)>,
    has_roles_per_function: bool,
}

impl<'s> ServiceParts<'s> {
    fn new(root: &'s Tree) -> Self {
        let named = root.get("service");
        let name = named.and_then(|name| name.get("name").or(Some(name))?.scalar());
        let stage = get(root, &["provider", "stage"]).and_then(Tree::scalar);
        let plugins = root.get("plugins");
        let plugins = plugins.map(|plugins| plugins.get("modules").unwrap_or(plugins));
        Self {
            // "dev" is the framework's own default.
            name: format!("{}-{}", name.unwrap_or_default(), stage.unwrap_or("dev")),
            root,
            functions: root.get("functions").map(functions).unwrap_or_default(),
            has_roles_per_function: plugins
                .is_some_and(|plugins| plugins.items().iter().any(is_roles_per_function)),
        }
    }

    fn provider(&self, path: &[&str]) -> Option<&'s Tree> {
        get(self.root.get("provider")?, path)
    }

    fn resources(&self) -> Vec<(MapKey, Tree)> {
        let functions = self.functions.iter();
        let mut made: Vec<_> = functions
            .flat_map(|(key, function)| self.function(key, function))
            .collect();
        let wants_role = |(_, function): &(&MapKey, &Tree)| {
            self.own_statements(function).is_none() && self.role(function).is_none()
        };
        if self.functions.iter().any(wants_role) {
            let statements = self.statements().into_iter().collect();
            made.push(self.made_role(ROLE, statements));
        }
        made
    }

    /// Makes a function, and its role if it has a role of its own.
    fn function(&self, name: &MapKey, function: &Tree) -> Vec<(MapKey, Tree)> {
        let id = logical_id(&name.text);
        let own_role = self.own_statements(function).map(|own| {
            let inherits = function
                .get("iamRoleStatementsInherit")
                .and_then(Tree::scalar);
            let shared = self.statements().filter(|_| inherits == Some("true"));
            self.made_role(
                &format!("{id}{ROLE}"),
                [own].into_iter().chain(shared).collect(),
            )
        });
        let place = function.place;
        let role = match (&own_role, self.role(function)) {
            (Some((key, _)), _) => arn_of(&key.text, place),
            (None, Some(role)) => as_arn(role),
            (None, None) => arn_of(ROLE, place),
        };
        let function_name = function
            .get("name")
            .cloned()
            .unwrap_or_else(|| text(&format!("{}-{}", self.name, name.text), place));
        let network = function.get("vpc").filter(|vpc| !is_null(vpc));
        let network = network.or_else(|| self.provider(&["vpc"]));
        let network = network.filter(|vpc| !is_none(vpc)).map(network_of);
        let properties = [
            ("FunctionName", Some(function_name)),
            ("Role", Some(role)),
            ("VpcConfig", network),
            ("Environment", self.environment(function)),
        ];
        let properties = properties
            .into_iter()
            .filter_map(|(name, tree)| Some((name, tree?)));
        let body = resource("AWS::Lambda::Function", map(properties, place));
        let key = key(&format!("{id}LambdaFunction"), name.place);
        std::iter::once((key, body)).chain(own_role).collect()
    }

    /// Returns the environment of a function: the variables of the service, overridden by its own.
    fn environment(&self, function: &Tree) -> Option<Tree> {
        let own = function.get(ENVIRONMENT);
        let of_service = self.provider(&[ENVIRONMENT]);
        let place = own.or(of_service)?.place;
        let own = own.map(Tree::members).unwrap_or_default();
        let is_own = |(key, _): &&(MapKey, Tree)| own.iter().any(|(name, _)| name.text == key.text);
        let of_service = of_service.map(Tree::members).unwrap_or_default().iter();
        let members = of_service.filter(|member| !is_own(member)).chain(own);
        let variables = tree(Content::Map(members.cloned().collect()), place);
        Some(map([("Variables", variables)], place))
    }

    /// Returns the statements of a function's own role.
    fn own_statements<'t>(&self, function: &'t Tree) -> Option<&'t Tree> {
        function
            .get("iamRoleStatements")
            .filter(|_| self.has_roles_per_function)
    }

    /// Returns the role of a function: its own, or that of the service, in the old notation or in the new one.
    fn role<'t>(&self, function: &'t Tree) -> Option<&'t Tree>
    where
        's: 't,
    {
        let of_service = || {
            self.provider(&["iam", "role"])
                .filter(|role| is_named(role))
        };
        function
            .get("role")
            .or_else(|| self.provider(&["role"]))
            .or_else(of_service)
    }

    fn statements(&self) -> Option<&'s Tree> {
        self.provider(&["iam", "role", "statements"])
            .or_else(|| self.provider(&["iamRoleStatements"]))
    }

    fn made_role(&self, id: &str, statements: Vec<&Tree>) -> (MapKey, Tree) {
        let named = [&["iam", "role"][..], &["iam"], &["iamRoleStatements"], &[]];
        let place = match statements.first() {
            Some(first) => first.place,
            None => named
                .iter()
                .find_map(|path| self.provider(path))
                .map_or(self.root.place, |tree| tree.place),
        };
        let managed = self
            .provider(&["iam", "role", "managedPolicies"])
            .or_else(|| self.provider(&["iamManagedPolicies"]))
            .map(|managed| ("ManagedPolicyArns", managed.clone()));
        let policies = statements.into_iter().enumerate().map(|(index, tree)| {
            let name = text(&format!("{index}"), tree.place);
            let document = map([("Statement", tree.clone())], tree.place);
            map(
                [("PolicyName", name), ("PolicyDocument", document)],
                tree.place,
            )
        });
        let properties = [
            ("AssumeRolePolicyDocument", lambda_trust(place)),
            ("Policies", list(policies, place)),
        ];
        let properties = map(properties.into_iter().chain(managed), place);
        (key(id, place), resource("AWS::IAM::Role", properties))
    }
}

/// Removes the variables that come from other files.
// Such files hold dozens of settings, and rarely one that leads to a proxy.
pub(super) fn written_here(environment: &Tree) -> Tree {
    let is_elsewhere = |tree: &Tree| tree.scalar().is_some_and(|text| text.contains("${file("));
    let members = environment.members().iter();
    let here = members.filter(|(_, value)| !is_elsewhere(value)).cloned();
    Tree {
        content: Content::Map(here.collect()),
        ..environment.clone()
    }
}

/// Returns the functions from a map or a list of maps.
fn functions(tree: &Tree) -> Vec<(&MapKey, &Tree)> {
    let maps = match tree.items() {
        [] => std::slice::from_ref(tree),
        items => items,
    };
    let members = maps.iter().flat_map(Tree::members);
    members.map(|(key, function)| (key, function)).collect()
}

fn get<'t>(tree: &'t Tree, path: &[&str]) -> Option<&'t Tree> {
    path.iter().try_fold(tree, |tree, step| tree.get(step))
}

fn is_roles_per_function(plugin: &Tree) -> bool {
    plugin.scalar() == Some(ROLES_PER_FUNCTION)
}

/// True for `vpc: ~`, which means the network of the service.
fn is_null(tree: &Tree) -> bool {
    matches!(&tree.content, Content::Scalar { text, plain: true } if matches!(&**text, "" | "~" | "null"))
}

/// True for a network of empty lists, which takes the function out of the service's network.
fn is_none(vpc: &Tree) -> bool {
    let is_empty = |(_, tree): &(MapKey, Tree)| matches!(&tree.content, Content::List(items) if items.is_empty());
    matches!(vpc.content, Content::Map(_)) && vpc.members().iter().all(is_empty)
}

/// True if the value names a role that exists elsewhere, and is not a map of settings for the role that is made.
fn is_named(role: &Tree) -> bool {
    let is_function = |(key, _): &(MapKey, Tree)| key.text == "Ref" || key.text.starts_with("Fn::");
    role.tag.is_some() || role.scalar().is_some() || role.members().iter().any(is_function)
}

/// Returns the ARN of a role that is named by its ARN, by its logical id, or by a function.
fn as_arn(role: &Tree) -> Tree {
    match role.literal() {
        Some(id) if id.chars().all(|letter| letter.is_ascii_alphanumeric()) => {
            arn_of(id, role.place)
        }
        _ => role.clone(),
    }
}

/// Returns the logical id for a name: `SayDashhelloUnderscoretwice` for `say-hello_twice`.
fn logical_id(name: &str) -> String {
    let name = name.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Renames the members of a network: the framework's names begin with lower-case letters.
fn network_of(vpc: &Tree) -> Tree {
    let words = [
        ("securityGroupIds", "SecurityGroupIds"),
        ("subnetIds", "SubnetIds"),
    ];
    match &vpc.content {
        Content::Map(_) if vpc.tag.is_none() => {
            let members = words
                .into_iter()
                .filter_map(|(word, name)| Some((name, vpc.get(word)?.clone())));
            map(members, vpc.place)
        }
        _ => vpc.clone(),
    }
}

fn lambda_trust(place: Place) -> Tree {
    let principal = map([("Service", text("lambda.amazonaws.com", place))], place);
    let statement = [
        ("Effect", text("Allow", place)),
        ("Principal", principal),
        ("Action", text("sts:AssumeRole", place)),
    ];
    map([("Statement", list([map(statement, place)], place))], place)
}

fn arn_of(id: &str, place: Place) -> Tree {
    let path = list([text(id, place), text("Arn", place)], place);
    map([("Fn::GetAtt", path)], place)
}

fn resource(kind: &str, properties: Tree) -> Tree {
    let place = properties.place;
    map(
        [("Type", text(kind, place)), ("Properties", properties)],
        place,
    )
}

fn key(text: &str, place: Place) -> MapKey {
    let text = text.to_owned();
    MapKey {
        text,
        plain: false,
        place,
    }
}

fn map<'m>(members: impl IntoIterator<Item = (&'m str, Tree)>, place: Place) -> Tree {
    let members = members.into_iter();
    let members = members.map(|(name, tree)| (key(name, place), tree));
    tree(Content::Map(members.collect()), place)
}

fn list(items: impl IntoIterator<Item = Tree>, place: Place) -> Tree {
    tree(Content::List(items.into_iter().collect()), place)
}

fn text(text: &str, place: Place) -> Tree {
    let text = text.to_owned();
    let text = text.into();
    tree(Content::Scalar { text, plain: false }, place)
}

fn tree(content: Content, place: Place) -> Tree {
    let tag = None;
    Tree {
        content,
        tag,
        place,
    }
}
