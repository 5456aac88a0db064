//! One page for people: it needs no script, no network and no other file. What is said stands in [`view`], how a proxy's path is
//! drawn in [`picture`], how all of it looks in `page.html` and `style.css`.

mod picture;
mod view;

use std::io::Write;

use tera::{Context, Tera};

use super::audit::Audit;
use super::markup::escaped;
use super::{Look, ReportError};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");

/// Writes the audit as a page.
pub(super) fn render(audit: &Audit, _: Look) -> Result<String, ReportError> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    tera.set_escape_fn(print);
    tera.add_raw_template("page.html", PAGE)?;
    let mut context = Context::new();
    context.insert("page", &view::page(audit));
    context.insert("style", STYLE);
    Ok(tera.render("page.html", &context)?)
}

/// All that the template prints goes through here; the style alone is ours and printed as it is.
fn print(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all(escaped(text).as_bytes())
}
