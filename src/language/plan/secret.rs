//! The text of a secret, which a plan and a state hold in clear text. Its values are never kept: only the name of the
//! user is extracted, and whether the password is a literal.

use serde_json::Value as Json;

use super::expressions::Expressions;
use crate::domain::evidence::Origin;
use crate::language::resource::{Node, Piece, Value};

/// The attributes that hold the text.
pub(super) const ATTRIBUTES: [&str; 2] = ["secret_string", "secret_string_wo"];

/// The attribute that is set if there is a write-only text, which is stored nowhere.
pub(super) const WRITTEN_ONLY: &str = "secret_string_wo_version";

/// A placeholder for a literal password: only its existence is recorded.
const WRITTEN: &str = "(written in the source)";

/// Returns the parts of the text that may be kept.
pub(super) fn node(text: &str, expression: &Expressions<'_>, origin: &Origin) -> Node {
    let at = |value: Value| Node::new(value, origin.clone());
    let Ok(Json::Object(members)) = serde_json::from_str::<Json>(text) else {
        return at(Value::Unresolved(
            "the text of a secret is not read".to_owned(),
        ));
    };
    let mut known = Vec::new();
    if let Some(Json::String(user)) = members.get("username") {
        known.push(("username".to_owned(), at(Value::text(user))));
    }
    if members.contains_key("password") {
        known.push(("password".to_owned(), at(password(expression))));
    }
    at(Value::Map(known))
}

/// Returns the source of the password, as far as the configuration shows it.
fn password(expression: &Expressions<'_>) -> Value {
    if expression.is_constant() {
        return Value::text(WRITTEN);
    }
    let references = expression.references();
    match references
        .iter()
        .find(|reference| !reference.starts_with("var.") && !reference.starts_with("local."))
    {
        Some(reference) => {
            let (address, attribute) = reference.rsplit_once('.').unwrap_or((reference, ""));
            Value::Text(vec![Piece::Reference(
                address.to_owned(),
                attribute.to_owned(),
            )])
        }
        None => Value::Unresolved("the text of a secret is not read".to_owned()),
    }
}
