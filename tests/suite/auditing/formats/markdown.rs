//! Markdown as a parser of GitHub's dialect reads it: foreign text stays plain text.

use std::collections::BTreeSet;

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use rdsproxy_gen::report::Audit;

use super::{estate, render};

/// The size limit of a GitHub comment.
const LONGEST: usize = 65_536;

/// All HTML that the report contains itself.
const OURS: [&str; 6] = [
    "<br>",
    "<code>",
    "</code>",
    "</details>",
    "<details>",
    "</summary>",
];

fn options() -> Options<'static> {
    let mut options = Options::default();
    let extension = &mut options.extension;
    extension.table = true;
    extension.autolink = true;
    extension.strikethrough = true;
    extension.tasklist = true;
    extension.footnotes = true;
    extension.math_dollars = true;
    extension.math_code = true;
    extension.alerts = true;
    options
}

fn is_ours(html: &str) -> bool {
    let html = html.trim();
    OURS.contains(&html)
        || html.starts_with("<details><summary>")
            && html.ends_with("</summary>")
            && html.matches('<').count() == 3
}

/// Checks one node: plain structure, or text that GitHub does not turn into anything else after parsing.
fn is_plain(node: &NodeValue) -> Result<(), String> {
    match node {
        NodeValue::HtmlBlock(block) => is_ours(&block.literal)
            .then_some(())
            .ok_or(block.literal.clone()),
        NodeValue::HtmlInline(html) => is_ours(html).then_some(()).ok_or(html.clone()),
        NodeValue::Text(text) => {
            let text = text.to_lowercase();
            let pairs = text.chars().zip(text.chars().skip(1));
            let referring =
                pairs.filter(|(one, other)| "@#".contains(*one) && other.is_alphanumeric());
            (referring.count() == 0
                && !text.contains("://")
                && !text.contains("www.")
                && !text.contains("gh-"))
            .then_some(())
            .ok_or(text)
        }
        NodeValue::Document
        | NodeValue::Paragraph
        | NodeValue::Heading(_)
        | NodeValue::List(_)
        | NodeValue::Item(_)
        | NodeValue::Strong
        | NodeValue::Code(_)
        | NodeValue::CodeBlock(_)
        | NodeValue::SoftBreak
        | NodeValue::Table(_)
        | NodeValue::TableRow(_)
        | NodeValue::TableCell => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

fn depth<'a>(node: &'a AstNode<'a>) -> usize {
    node.ancestors()
        .filter(|node| matches!(node.data.borrow().value, NodeValue::List(_)))
        .count()
}

/// The structure depends on the audit only and not on names.
pub(super) fn is_whole(text: &str, audit: &Audit) {
    assert!(text.len() <= LONGEST);
    let arena = Arena::new();
    let root = parse_document(&arena, text, &options());
    let (mut rows, mut titles, mut cells) = (0, 0, BTreeSet::new());
    for node in root.descendants() {
        let value = &node.data.borrow().value;
        if let Err(what) = is_plain(value) {
            panic!("{what:?} in {text}");
        }
        assert!(depth(node) <= 1, "a list in a list: {text}");
        match value {
            NodeValue::TableRow(_) => {
                rows += 1;
                cells.insert(node.children().count());
            }
            NodeValue::Heading(_) => titles += 1,
            _ => {}
        }
    }
    assert_eq!(cells, BTreeSet::from([9]), "{text}");
    assert_eq!(rows, audit.proxies.len() + 1, "{text}");
    assert_eq!(titles, audit.proxies.len() + 2, "{text}");
}

#[test]
fn the_comment_is_true_to_the_audit() {
    let audit = estate::audit();
    let text = render("markdown", &audit);
    is_whole(&text, &audit);
    let bullets = text.lines().filter(|line| line.starts_with("- **"));
    let counted = estate::told(&audit).filter(|finding| finding.accepted.is_none());
    assert_eq!(bullets.count(), counted.count());
}

#[test]
fn a_large_estate_fits_and_says_what_is_missing() {
    let one = estate::audit();
    let mut many = one.clone();
    for _ in 0..200 {
        many.proxies.extend(one.proxies.iter().cloned());
    }
    let text = render("markdown", &many);
    assert!(
        text.len() <= LONGEST && text.len() > LONGEST / 2,
        "{}",
        text.len()
    );
    assert!(text.contains("**Left out**, because a comment holds 65,536 characters: "));
    let arena = Arena::new();
    for node in parse_document(&arena, &text, &options()).descendants() {
        is_plain(&node.data.borrow().value).unwrap();
    }
}
