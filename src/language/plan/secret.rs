//! The text of a secret, which a plan and a state hold in the clear. Its values are never kept: only the name of the user is taken
//! out, and whether the password was written by hand.

use serde_json::Value as Json;

use super::expressions::Expressions;
use crate::domain::evidence::Origin;
use crate::language::resource::{Node, Piece, Value};

/// The attributes that hold it.
pub(super) const ATTRIBUTES: [&str; 2] = ["secret_string", "secret_string_wo"];

/// Shows that there is a text which is written and kept nowhere.
pub(super) const WRITTEN_ONLY: &str = "secret_string_wo_version";

/// Stands for a password that somebody wrote: that there is one is all that is said of it.
const WRITTEN: &str = "(written in the source)";

/// What may be known of the text.
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

/// Where the password comes from, as far as the configuration says.
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
