//! Fills in the partition, the region and the account of a deployment if they are known.

use super::resource::{Node, Piece, Pseudo, Value};
use crate::domain::names::Region;
use crate::domain::posture::Deployment;

/// Returns the node with the pseudo parameters replaced by the values of the deployment.
pub(crate) fn placed(node: &Node, deployment: Option<&Deployment>) -> Node {
    match deployment {
        Some(deployment) => Node {
            value: placed_value(&node.value, deployment),
            ..node.clone()
        },
        None => node.clone(),
    }
}

/// Like [`placed`], for a value.
pub(crate) fn placed_value(value: &Value, deployment: &Deployment) -> Value {
    let inner = |node: &Node| placed(node, Some(deployment));
    match value {
        Value::Text(pieces) => {
            let pieces = pieces.iter().map(|piece| match piece {
                Piece::Pseudo(pseudo) => Piece::Text(name(*pseudo, deployment)),
                other => other.clone(),
            });
            crate::language::partial_string::text(pieces.collect())
        }
        Value::List(items) => Value::List(items.iter().map(inner).collect()),
        Value::Map(members) => {
            let members = members.iter();
            let members = members.map(|(key, node)| (key.clone(), inner(node)));
            Value::Map(members.collect())
        }
        other => other.clone(),
    }
}

fn name(pseudo: Pseudo, deployment: &Deployment) -> String {
    let partition = Region::parse(&deployment.region).map_or("aws", |region| region.partition());
    match pseudo {
        Pseudo::Partition => partition.to_owned(),
        Pseudo::Region => deployment.region.clone(),
        Pseudo::Account => deployment.account.clone(),
        Pseudo::UrlSuffix if partition == "aws-cn" => "amazonaws.com.cn".to_owned(),
        Pseudo::UrlSuffix => "amazonaws.com".to_owned(),
    }
}
