//! Checks the rendered names of a pack's resources: each contains the proxy's name, and no two are equal. AWS refuses
//! most names that are taken, but silently replaces an alarm or a rule of the same name.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::{CommandError, read_back};
use crate::domain::spec::visible;
use crate::language::Texts;
use crate::language::resource::{Node, Piece, Resource, Value};
use crate::render::TARGETS;

/// Resource types with a name, and the attribute that contains it.
const NAMED: &[(&str, &str)] = &[
    ("aws_cloudwatch_event_rule", "name"),
    ("aws_cloudwatch_metric_alarm", "alarm_name"),
    ("aws_iam_role", "name"),
    ("aws_kms_alias", "name"),
    ("aws_secretsmanager_secret", "name"),
    ("aws_security_group", "name"),
    ("aws_ssm_parameter", "name"),
    ("AWS::CloudWatch::Alarm", "AlarmName"),
    ("AWS::EC2::SecurityGroup", "GroupName"),
    ("AWS::Events::Rule", "Name"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::KMS::Alias", "AliasName"),
    ("AWS::SecretsManager::Secret", "Name"),
    ("AWS::SSM::Parameter", "Name"),
];

/// A rendered name and its place.
struct RenderedName<'r> {
    resource: &'r Resource,
    node: &'r Node,
    pieces: &'r [Piece],
}

/// Returns the faults of the names that differ from those of the built-in templates.
pub(in crate::app) fn faults(
    proxy: &str,
    plain: &Texts,
    files: &Texts,
) -> Result<Vec<String>, CommandError> {
    let mut faults = Vec::new();
    for target in TARGETS.iter().map(|target| target.id) {
        let is_changed = |(path, text): (&String, &String)| {
            path.starts_with(target) && !path.ends_with(".md") && plain.get(path) != Some(text)
        };
        if !files.iter().any(is_changed) {
            continue;
        }
        let [before, after] = [plain, files].map(|files| read_back::document(target, files));
        let (before, after) = (before?, after?);
        let known: BTreeMap<&str, &[Piece]> = names(&before.resources)
            .map(|name| (name.resource.address.as_str(), name.pieces))
            .collect();
        let mut taken = BTreeSet::new();
        for name in names(&after.resources) {
            let is_kept = known.get(name.resource.address.as_str()) == Some(&name.pieces);
            let is_new = taken.insert((name.resource.kind.as_str(), format!("{:?}", name.pieces)));
            let why = match (is_kept || is_own(name.pieces, proxy), is_new) {
                (_, false) => "another one has the same name, and one would replace the other",
                (false, _) => {
                    "the name has to contain the proxy's as a word, and all of it has to be known here: it could be somebody else's, and replace it"
                }
                (true, true) => continue,
            };
            let (origin, address) = (&name.node.origin, &name.resource.address);
            faults.push(format!("{origin}: {}: {why}", visible(address)));
        }
    }
    Ok(faults)
}

fn names(resources: &[Resource]) -> impl Iterator<Item = RenderedName<'_>> {
    resources.iter().filter_map(|resource| {
        let (_, attribute) = NAMED.iter().find(|(kind, _)| *kind == resource.kind)?;
        let node = resource.body.get(attribute)?;
        let pieces: &[Piece] = match &node.value {
            Value::Text(pieces) => pieces,
            _ => &[],
        };
        Some(RenderedName {
            resource,
            node,
            pieces,
        })
    })
}

/// True if the name contains the proxy's name as a word and no unresolved part.
fn is_own(pieces: &[Piece], proxy: &str) -> bool {
    let is_known = |piece: &Piece| !matches!(piece, Piece::Unresolved(_));
    let holds = |piece: &Piece| match piece {
        Piece::Text(text) => has_word(text, proxy),
        Piece::Reference(..) | Piece::Pseudo(_) | Piece::ProxyId(_) | Piece::Unresolved(_) => false,
    };
    pieces.iter().all(is_known) && pieces.iter().any(holds)
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        [before, after]
            .into_iter()
            .flatten()
            .all(|letter| !letter.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_proxys_where_that_stands_in_it_as_a_word() {
        let text = |text: &str| vec![Piece::Text(text.to_owned())];
        let unknown = || Piece::Unresolved("a data source".to_owned());
        for (pieces, expected) in [
            (text("acme-app-latency"), true),
            (text("app"), true),
            (text("apple-app"), true),
            (text("apple"), false),
            (text(""), false),
            (vec![unknown()], false),
            ([text("app-"), vec![unknown()]].concat(), false),
        ] {
            assert_eq!(is_own(&pieces, "app"), expected, "{pieces:?}");
        }
    }
}
