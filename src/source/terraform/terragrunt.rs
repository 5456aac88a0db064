//! A unit of Terragrunt, read as what it stands for: a folder that calls one module with its `inputs`. What it includes and what its
//! dependencies put out is not read, and what they may give is open.
//!
//! Source: Terragrunt documentation, "Configuration Blocks and Attributes" (`terraform`, `inputs`, `include`).

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};

use super::tree::{Attribute, Block, Spot};
use super::values::unresolved;
use crate::domain::evidence::Origin;
use crate::source::resource::{Node, Value};

/// The name of the call, which nobody can write: the addresses in the module are those of the unit.
pub(super) const UNIT: &str = "@unit";

/// The argument of the call that holds all inputs.
pub(super) const INPUTS: &str = "@inputs";

/// The argument of the call that says that another configuration may give inputs.
pub(super) const INCLUDE: &str = "@include";

/// True for the configuration of a unit.
pub(super) fn is_unit(path: &str) -> bool {
    path.rsplit('/').next() == Some("terragrunt.hcl")
}

/// The configuration as a file of Terraform. Without a source it gives values to the folder that it stands in, as a file of values
/// does; a configuration that is only there to be included gives them to nobody.
pub(super) fn as_terraform(file: Block) -> Block {
    let source = file
        .blocks_of("terraform")
        .find_map(|block| block.attribute("source"));
    let inputs = file.attribute("inputs");
    let Some(source) = source else {
        return Block {
            attributes: inputs.map(members).unwrap_or_default(),
            spot: file.spot,
            ..Block::default()
        };
    };
    let (written, version) = module_source(source);
    let include = file.blocks_of("include").next();
    let include = include.map(|block| argument(INCLUDE, Expression::null(), block.spot));
    let inputs = inputs.map(|inputs| Attribute {
        name: INPUTS.to_owned(),
        ..inputs.clone()
    });
    let call = Block {
        kind: "module".to_owned(),
        labels: vec![UNIT.to_owned()],
        spot: source.spot,
        attributes: [Some(written), version, inputs, include]
            .into_iter()
            .flatten()
            .collect(),
        blocks: Vec::new(),
    };
    let locals = file
        .blocks
        .into_iter()
        .filter(|block| block.kind == "locals");
    Block {
        spot: file.spot,
        blocks: locals.chain([call]).collect(),
        ..Block::default()
    }
}

/// `../modules//db` is a folder as any other, and `tfr:///owner/name/provider?version=1.2.3` a module of the registry.
fn module_source(source: &Attribute) -> (Attribute, Option<Attribute>) {
    let Some(text) = source.value.as_str() else {
        return (source.clone(), None);
    };
    let at = |name: &str, text: &str| argument(name, Expression::from(text), source.spot);
    if let Some((_, address)) = text
        .strip_prefix("tfr://")
        .and_then(|rest| rest.split_once('/'))
    {
        let (module, version) = address.split_once("?version=").unwrap_or((address, ""));
        let version = (!version.is_empty()).then(|| at("version", version));
        return (at("source", module), version);
    }
    match text.starts_with("./") || text.starts_with("../") {
        true => (at("source", &text.replace("//", "/")), None),
        false => (source.clone(), None),
    }
}

fn argument(name: &str, value: Expression, spot: Spot) -> Attribute {
    Attribute {
        name: name.to_owned(),
        spot,
        value,
        spans: false,
    }
}

/// The members of an object that is written out.
fn members(inputs: &Attribute) -> Vec<Attribute> {
    let Expression::Object(object) = &inputs.value else {
        return Vec::new();
    };
    let members = object.iter().filter_map(|(key, value)| {
        let name = match key {
            ObjectKey::Ident(name) => name.value().as_str(),
            ObjectKey::Expression(name) => name.as_str()?,
        };
        let value = value.expr();
        let start = value.span().map_or(inputs.spot.offset, |span| span.start);
        Some(Attribute {
            name: name.to_owned(),
            spot: Spot {
                offset: start,
                ..inputs.spot
            },
            value: value.clone(),
            spans: inputs.spans,
        })
    });
    members.collect()
}

/// What all inputs together say of one variable; `include` is where another configuration is named that may say it.
pub(super) fn input(inputs: Option<Node>, name: &str, include: Option<Origin>) -> Option<Node> {
    let open = || {
        let include = include.clone()?;
        let reason = "the configuration that is included may give it";
        Some(unresolved(reason, include))
    };
    match inputs {
        None => open(),
        Some(inputs) => match &inputs.value {
            Value::Map(_) => inputs.get(name).cloned().or_else(open),
            Value::Null => open(),
            _ => Some(inputs),
        },
    }
}
