//! The meaning of ids and ARNs in policies. A policy that was evaluated names its proxy, its secrets and its key by
//! their ids in the account; rules identify them by their role in the posture.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::instance::PlanInstance;
use super::json::list;
use crate::domain::evidence::Origin;
use crate::language::policy;
use crate::language::resource::{Node, Piece, Pseudo};

/// Ids and ARNs, with the references they represent.
#[derive(Debug, Default)]
pub(super) struct KnownIds {
    /// Pieces for texts that match as a whole.
    whole: BTreeMap<String, Piece>,
    /// Pieces for the parts of an ARN between `:`, `/` and `.`.
    tokens: BTreeMap<String, Piece>,
}

impl KnownIds {
    /// Collects the ids and ARNs of these resources.
    pub(super) fn new(instances: &[PlanInstance<'_>]) -> Self {
        let mut words = Self::default();
        for instance in instances {
            if let Some(arn) = instance.text("arn").filter(|arn| arn.starts_with("arn:")) {
                let reference = Piece::Reference(instance.address.clone(), "arn".to_owned());
                words.whole.insert(arn.to_owned(), reference);
                if instance.kind == "aws_db_proxy" {
                    words.learn_proxy(arn, &instance.address);
                }
            }
            words.learn_database(instance);
            words.learn_deployment(instance);
            words.learn_secrets(instance);
        }
        words.tokens.remove("");
        words
    }

    /// Learns the region and the account from the ARN of a proxy: the proxy, its role and its secrets share both.
    fn learn_proxy(&mut self, arn: &str, address: &str) {
        // arn:partition:rds:region:account:db-proxy:prx-…
        let steps: Vec<&str> = arn.split(':').collect();
        if let [_, _, _, region, account, _, id] = steps.as_slice() {
            let pieces = [
                (*id, Piece::ProxyId(address.to_owned())),
                (*region, Piece::Pseudo(Pseudo::Region)),
                (*account, Piece::Pseudo(Pseudo::Account)),
            ];
            let pieces = pieces.map(|(token, piece)| (token.to_owned(), piece));
            self.tokens.extend(pieces);
        }
    }

    /// Learns the region and the account from the data sources that return them.
    fn learn_deployment(&mut self, instance: &PlanInstance<'_>) {
        let (attribute, pseudo) = match instance.kind.as_str() {
            "data.aws_region" => ("id", Pseudo::Region),
            "data.aws_caller_identity" => ("account_id", Pseudo::Account),
            _ => return,
        };
        if let Some(token) = instance.text(attribute) {
            self.tokens.insert(token.to_owned(), Piece::Pseudo(pseudo));
        }
    }

    /// Learns the secrets that exist already. Both the proxy and the policies name them by their ARN.
    fn learn_secrets(&mut self, instance: &PlanInstance<'_>) {
        let entries = list(instance.values, "auth");
        for arn in entries.filter_map(|entry| entry.get("secret_arn")?.as_str()) {
            let text = Piece::Text(arn.to_owned());
            self.whole.entry(arn.to_owned()).or_insert(text);
        }
    }

    fn learn_database(&mut self, instance: &PlanInstance<'_>) {
        let attribute = match instance.kind.trim_start_matches("data.") {
            "aws_db_instance" => "resource_id",
            "aws_rds_cluster" => "cluster_resource_id",
            _ => return,
        };
        if let Some(id) = instance.text(attribute) {
            let reference = Piece::Reference(instance.address.clone(), attribute.to_owned());
            self.tokens.insert(id.to_owned(), reference);
        }
    }

    /// Parses a policy that is JSON in a text; `None` if it is not JSON.
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
