//! One page for people: it needs no script, no network and no other file. What is said stands in [`view`], how a proxy's path is
//! drawn in [`picture`], how all of it looks in `page.html` and `style.css`.

mod picture;
mod view;

use std::io::Write;

use tera::{Context, Tera};

use super::audit::Audit;
use super::excerpt::Sources;
use super::markup::escaped;
use super::{ReportError, Screen};

const STYLE: &str = include_str!("style.css");

/// What several of the others draw, the page to its overview, one proxy, and the end of the page.
const TEMPLATES: [(&str, &str); 4] = [
    ("parts.html", include_str!("parts.html")),
    ("page.html", include_str!("page.html")),
    ("proxy.html", include_str!("proxy.html")),
    ("end.html", include_str!("end.html")),
];

/// Writes the audit as a page.
pub(super) fn render(audit: &Audit, _: Screen, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    tera.set_escape_fn(print);
    tera.add_raw_templates(TEMPLATES)?;
    let sources = Sources::of(audit);
    let mut context = Context::new();
    context.insert("page", &view::page(&sources));
    context.insert("style", STYLE);
    tera.render_to("page.html", &context, &mut *sink)?;
    for (proxy, number) in audit.proxies.iter().zip(1..) {
        context.insert("proxy", &view::proxy(proxy, number, &sources));
        tera.render_to("proxy.html", &context, &mut *sink)?;
    }
    Ok(tera.render_to("end.html", &context, sink)?)
}

/// All that the template prints goes through here; the style alone is ours and printed as it is.
fn print(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all(escaped(text).as_bytes())
}
