//! What the ids and ARNs in policies mean: a policy that was worked out names its proxy, its secrets and its key by what they are
//! called in the account, and rules know them by the part that they play.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::values::Instance;
use crate::domain::evidence::Origin;
use crate::source::policy;
use crate::source::resource::{Node, Piece};

/// Ids and ARNs with what they stand for.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Whole texts.
    whole: BTreeMap<String, Piece>,
    /// Parts of an ARN between `:`, `/` and `.`.
    tokens: BTreeMap<String, Piece>,
}

impl Words {
    /// The words that these resources are called by.
    pub(super) fn of(instances: &[Instance<'_>]) -> Self {
        let mut words = Self::default();
        for instance in instances {
            let reference =
                |attribute: &str| Piece::Reference(instance.address.clone(), attribute.to_owned());
            if let Some(arn) = instance.text("arn").filter(|arn| arn.starts_with("arn:")) {
                if instance.kind == "aws_db_proxy" {
                    let id = arn.rsplit(':').next().unwrap_or_default();
                    words
                        .tokens
                        .insert(id.to_owned(), Piece::ProxyId(instance.address.clone()));
                }
                words.whole.insert(arn.to_owned(), reference("arn"));
            }
            for attribute in ["resource_id", "cluster_resource_id"] {
                if let Some(id) = instance.text(attribute).filter(|_| {
                    instance.kind.contains("aws_db_instance")
                        || instance.kind.contains("aws_rds_cluster")
                }) {
                    words.tokens.insert(id.to_owned(), reference(attribute));
                }
            }
        }
        words.tokens.remove("");
        words
    }

    /// A policy that stands as JSON in a text; `None` where it is none.
    pub(super) fn policy(&self, text: &str, origin: &Origin) -> Option<Node> {
        let json: Json = serde_json::from_str(text).ok()?;
        json.is_object()
            .then(|| policy::node_of(&json, &|text| self.pieces(text), origin))
    }

    fn pieces(&self, text: &str) -> Vec<Piece> {
        if let Some(piece) = self.whole.get(text) {
            return vec![piece.clone()];
        }
        let tokens = text.split_inclusive([':', '/', '.']);
        tokens
            .flat_map(|token| {
                let name = token.trim_end_matches([':', '/', '.']);
                let known = self.tokens.get(name).cloned();
                let piece = known.unwrap_or_else(|| Piece::Text(name.to_owned()));
                [piece, Piece::Text(token[name.len()..].to_owned())]
            })
            .collect()
    }
}
