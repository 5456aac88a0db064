//! What a deployment does to a resource beyond changing it in place: it replaces the resource, or generates a new
//! password.

use std::collections::BTreeMap;

use super::values::same_but_order;
use super::{bare, replaced};
use crate::domain::consequence::{Consequence, ConsequenceKind};
use crate::language::resource::{Document, Node, Piece, Resource, Value};

/// The attributes whose change generates a new password, by the type of the resource.
///
/// Sources: AWS::SecretsManager::Secret, "GenerateSecretString": any change to it generates a new secret; the AWS provider,
/// `aws_secretsmanager_secret_version`, `secret_string_wo_version`. A secret of another name is a new one.
const NEW_PASSWORD: &[(&str, &[&str])] = &[
    (
        "AWS::SecretsManager::Secret",
        &["GenerateSecretString", "Name"],
    ),
    ("aws_secretsmanager_secret", &["name"]),
    (
        "aws_secretsmanager_secret_version",
        &["secret_string_wo_version"],
    ),
];

/// Returns what the changes between two documents come to once they are deployed, sorted. A resource keeps its identity when
/// it moves to another module.
pub fn consequences(before: &Document, after: &Document) -> Vec<Consequence> {
    let known = before.resources.iter();
    let known: BTreeMap<String, &Resource> =
        known.map(|one| (identity(&one.address), one)).collect();
    let pairs = after.resources.iter().filter_map(|now| {
        let was = known.get(&identity(&now.address))?;
        (was.kind == now.kind).then_some((*was, now))
    });
    let mut found: Vec<Consequence> = pairs.flat_map(|(was, now)| of_one(was, now)).collect();
    found.sort();
    found
}

/// Returns the address without its module, with the key of the instance.
fn identity(address: &str) -> String {
    let key = address.rfind('[').filter(|_| address.ends_with(']'));
    let key = key.map_or("", |at| &address[at..]);
    format!("{}{key}", bare(address))
}

fn of_one<'d>(was: &'d Resource, now: &'d Resource) -> impl Iterator<Item = Consequence> + 'd {
    let tables = [
        (ConsequenceKind::Replaces, replaced::REPLACED),
        (ConsequenceKind::NewPassword, NEW_PASSWORD),
    ];
    tables.into_iter().flat_map(move |(kind, table)| {
        let rows = table.iter().filter(|(known, _)| *known == now.kind);
        let attributes = rows.flat_map(|(_, attributes)| attributes.iter().copied());
        let changed = attributes.filter(|attribute| differs(was, now, attribute));
        changed.map(move |attribute| Consequence {
            kind,
            address: now.address.clone(),
            resource: now.kind.clone(),
            attribute,
        })
    })
}

fn differs(was: &Resource, now: &Resource, attribute: &str) -> bool {
    match [was, now].map(|one| one.body.get(attribute).map(without_modules)) {
        [Some(was), Some(now)] => !same_but_order(&was, &now),
        [None, None] => false,
        _ => true,
    }
}

/// Returns the value with references to resources as if all were in one module.
fn without_modules(node: &Node) -> Node {
    let value = match &node.value {
        Value::Text(pieces) => Value::Text(
            pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Reference(address, attribute) => {
                        Piece::Reference(identity(address), attribute.clone())
                    }
                    other => other.clone(),
                })
                .collect(),
        ),
        Value::List(items) => Value::List(items.iter().map(without_modules).collect()),
        Value::Map(members) => Value::Map(
            members
                .iter()
                .map(|(name, node)| (name.clone(), without_modules(node)))
                .collect(),
        ),
        other => other.clone(),
    };
    Node::new(value, node.origin.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::terraform::{TerraformFiles, read};

    fn document(files: &[(&str, &str)]) -> Document {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        read(&TerraformFiles::new("", files.collect()))
    }

    const FLAT: &str = "resource \"aws_db_proxy\" \"this\" {\n  name = \"a\"\n  vpc_subnet_ids = [\"subnet-1\", \"subnet-2\"]\n}\nresource \"aws_db_proxy_target\" \"this\" {\n  for_each = toset([\"x\"])\n  db_proxy_name = aws_db_proxy.this.name\n  target_group_name = aws_db_proxy_default_target_group.this.name\n}\n";

    #[test]
    fn what_moves_to_a_module_and_lists_in_another_order_have_no_consequence() {
        let now = FLAT.replace("\"subnet-1\", \"subnet-2\"", "\"subnet-2\", \"subnet-1\"");
        let call = "module \"proxy\" {\n  source = \"./m\"\n}\n";
        let (before, after) = (
            document(&[("a.tf", FLAT)]),
            document(&[("a.tf", call), ("m/a.tf", &now)]),
        );
        assert_eq!(consequences(&before, &after), []);
    }

    #[test]
    fn a_change_that_is_not_made_in_place_is_found_by_its_attribute() {
        let secret = "resource \"aws_secretsmanager_secret_version\" \"a\" {\n  secret_string_wo_version = 1\n}\n";
        let before = document(&[("a.tf", FLAT), ("b.tf", secret)]);
        let after = document(&[
            (
                "a.tf",
                &FLAT
                    .replace("subnet-2", "subnet-3")
                    .replace("\"a\"", "\"b\""),
            ),
            ("b.tf", &secret.replace("= 1", "= 2")),
        ]);
        let found = consequences(&before, &after);
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.kind.name(), one.address.as_str(), one.attribute))
            .collect();
        assert_eq!(
            found,
            [
                ("replaces", "aws_db_proxy.this", "vpc_subnet_ids"),
                (
                    "replaces",
                    "aws_db_proxy_target.this[\"x\"]",
                    "db_proxy_name"
                ),
                (
                    "new password",
                    "aws_secretsmanager_secret_version.a",
                    "secret_string_wo_version"
                ),
            ]
        );
    }
}
