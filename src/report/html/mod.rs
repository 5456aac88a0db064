//! The report as one HTML page, which needs no script, network or other file. [`view`] has the content, [`picture`]
//! draws a proxy's path, `page.html` and `style.css` have the layout.

mod picture;
mod view;

use std::io::Write;

use tera::{Context, Tera};

use super::audit::Audit;
use super::excerpt::Sources;
use super::markup::escaped;
use super::{ReportError, Screen};

const STYLE: &str = include_str!("style.css");

/// The templates: shared parts, the page up to its overview, one proxy, and the end of the page.
const TEMPLATES: [(&str, &str); 4] = [
    ("parts.html", include_str!("parts.html")),
    ("page.html", include_str!("page.html")),
    ("proxy.html", include_str!("proxy.html")),
    ("end.html", include_str!("end.html")),
];

/// Writes the audit as an HTML page.
pub(super) fn render(audit: &Audit, _: Screen, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    tera.set_escape_fn(print);
    tera.add_raw_templates(TEMPLATES)?;
    let sources = Sources::new(audit);
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

/// Escapes everything that the template prints, except the style sheet.
fn print(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all(escaped(text).as_bytes())
}
