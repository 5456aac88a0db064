//! The engine and the port of a database, stated or by default.

use super::block::ResourceBody;
use crate::domain::engine::Engine;
use crate::domain::evidence::Evidence;
use crate::language::resource::{Node, Piece, Value};
use crate::language::vocabulary;
use crate::language::vocabulary::{Kind, instance};
/// Reads the engine in lower case, which is how RDS stores it.
/// Source: aws-cloudformation/aws-cloudformation-resource-providers-rds#409.
pub(super) fn engine(block: ResourceBody<'_, '_>) -> Evidence<String> {
    let engine = block.text(instance::ENGINE);
    engine.map(|engine| engine.to_lowercase())
}

pub(super) fn port(
    block: ResourceBody<'_, '_>,
    engine: &Evidence<String>,
    defined: bool,
) -> Evidence<u16> {
    let usual = engine
        .value()
        .filter(|_| defined)
        .and_then(|engine| Engine::by_api_name(engine))
        .map_or(Evidence::NotVisible, |engine| {
            Evidence::Defaulted(engine.database_port)
        });
    block.number(instance::PORT, usual)
}

/// Returns the port that a value takes from a database in view, whether or not that database sets its own:
/// `aws_db_instance.x.port`, `!GetAtt Database.Endpoint.Port`.
pub(super) fn port_taken_from(reader: ResourceBody<'_, '_>, node: &Node) -> Option<Evidence<i64>> {
    let Value::Text(pieces) = &node.value else {
        return None;
    };
    let [Piece::Reference(address, attribute)] = pieces.as_slice() else {
        return None;
    };
    let item = reader.estate.at(reader.document, address)?;
    let is_database = matches!(item.kind, Some(Kind::Instance | Kind::Cluster));
    if !is_database || !matches!(attribute.as_str(), "port" | "Endpoint.Port") {
        return None;
    }
    let block = ResourceBody::new(reader.estate, item);
    let defined = !vocabulary::names_existing(item.resource);
    let port = port(block, &engine(block), defined);
    let port = i64::from(*port.value()?);
    Some(Evidence::Stated(port, node.origin.clone()))
}
