//! The HTML page: complete, self-contained, and consistent with the audit. It is also valid XML and is checked with an
//! XML parser, which is stricter than HTML parsers.

use std::collections::BTreeSet;

use rdsproxy_gen::report::{Audit, RuleAnswer};
use rdsproxy_gen::rules::RULES;
use roxmltree::{Document, Node, ParsingOptions};

use super::{estate, render};

/// The elements of the page: none of them runs, loads or sends anything.
const ELEMENTS: &str = "a article b body br caption circle code defs details div figcaption figure footer g h1 h2 h3 h4 head header html li main \
    mark meta p path pre rect section span style summary svg symbol table tbody td text th thead title tr ul use";

fn document(text: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn named<'a>(document: &'a Document, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document
        .descendants()
        .filter(move |node| node.tag_name().name() == name)
}

fn text(node: Node) -> String {
    node.descendants()
        .filter_map(|node| node.text().filter(|_| node.is_text()))
        .collect()
}

fn of_class<'a>(document: &'a Document, class: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document.descendants().filter(move |node| {
        node.attribute("class")
            .is_some_and(|classes| classes.split(' ').any(|one| one == class))
    })
}

/// The structure depends on the audit only and not on names, and nothing is loaded from elsewhere.
pub(super) fn is_whole(page: &str, audit: &Audit) {
    let document = document(page);
    let elements: BTreeSet<&str> = ELEMENTS.split_whitespace().collect();
    let mut ids = BTreeSet::new();
    for node in document.descendants().filter(Node::is_element) {
        assert!(
            elements.contains(node.tag_name().name()),
            "{}",
            node.tag_name().name()
        );
        for attribute in node.attributes() {
            assert!(!attribute.name().starts_with("on"), "{}", attribute.name());
            assert!(
                !["src", "style", "srcdoc", "action"].contains(&attribute.name()),
                "{}",
                attribute.name()
            );
        }
        if let Some(id) = node.attribute("id") {
            assert!(ids.insert(id), "{id} is there twice");
        }
    }
    for target in document
        .descendants()
        .filter_map(|node| node.attribute("href"))
    {
        let known = target.strip_prefix('#').is_some_and(|id| ids.contains(id));
        assert!(known || is_page(target), "{target}");
    }
    let counted = estate::told(audit).filter(|finding| finding.accepted.is_none());
    assert_eq!(named(&document, "article").count(), counted.count());
    assert_eq!(named(&document, "figure").count(), audit.proxies.len());
    assert_eq!(named(&document, "tr").count(), audit.proxies.len() + 1);
    assert_eq!(named(&document, "style").count(), 1);
}

/// True for a URL that the rules cite.
fn is_page(address: &str) -> bool {
    let mut pages = RULES.iter().flat_map(|rule| rule.info.references);
    pages.any(|page| page.ends_with(address)) && address.starts_with("https://")
}

#[test]
fn the_page_is_true_to_the_audit() {
    let audit = estate::audit();
    let page = render("html", &audit);
    is_whole(&page, &audit);
    let document = document(&page);
    let answers = |answer: &str| {
        let lists =
            named(&document, "ul").filter(|list| list.attribute("class") == Some("answers"));
        lists
            .flat_map(|list| list.children())
            .filter(|item| item.attribute("class") == Some(answer))
            .count()
    };
    for (answer, word) in [
        (RuleAnswer::Pass, "pass"),
        (RuleAnswer::Fail, "fail"),
        (RuleAnswer::Open, "open"),
        (RuleAnswer::Accepted, "accepted"),
    ] {
        let proxies = audit.proxies.iter();
        let expected = proxies
            .flat_map(|proxy| audit.rules.iter().map(|rule| proxy.answer(rule)))
            .filter(|one| *one == answer);
        assert_eq!(answers(word), expected.count(), "{word}");
    }
    let meant: Vec<String> = named(&document, "mark").map(text).collect();
    assert!(meant.contains(&"!Ref RequireTls".to_owned()), "{meant:?}");
    assert!(page.contains("the scanner in front needs it"));
    assert!(page.contains("legacy/broken.tf:3:7"));
}

#[test]
fn every_answer_has_its_word_and_not_only_its_colour() {
    let page = render("html", &estate::audit());
    let document = document(&page);
    for cell in named(&document, "td") {
        let class = cell.attribute("class").unwrap();
        assert!(text(cell).trim().ends_with(class), "{}", text(cell));
    }
    for topic in of_class(&document, "topic") {
        let class = topic.attribute("class").unwrap();
        assert!(
            text(topic).ends_with(class.trim_start_matches("topic ")),
            "{}",
            text(topic)
        );
    }
}

#[test]
fn the_picture_is_told_in_words_too() {
    let page = render("html", &estate::audit());
    let document = document(&page);
    let labels: Vec<&str> = document
        .descendants()
        .filter(|node| node.attribute("role") == Some("img"))
        .filter_map(|node| node.attribute("aria-label"))
        .collect();
    insta::assert_snapshot!("picture-in-words", labels.join("\n"));
}

/// The relative luminance of `#rgb` or `#rrggbb` ("Web Content Accessibility Guidelines (WCAG) 2.2").
fn luminance(colour: &str) -> f64 {
    let digits = colour.trim_start_matches('#');
    let digits: String = match digits.len() {
        3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        _ => digits.to_owned(),
    };
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

#[test]
fn every_text_stands_out_from_what_is_behind_it() {
    let style = include_str!("../../../../src/report/html/style.css");
    let schemes: Vec<&str> = style
        .split(":root {")
        .skip(1)
        .take(2)
        .map(|rest| rest.split('}').next().unwrap())
        .collect();
    for scheme in schemes {
        let colour = |name: &str| {
            let rest = scheme.split(&format!("--{name}: ")).nth(1).unwrap();
            luminance(rest.split(';').next().unwrap())
        };
        for (text, behind) in [
            ("ink", "paper"),
            ("soft", "paper"),
            ("weak", "paper"),
            ("ink", "wash"),
            ("soft", "wash"),
            ("weak", "wash"),
            ("ink", "weak-wash"),
            ("soft", "weak-wash"),
            ("weak", "weak-wash"),
            ("on-weak", "weak"),
        ] {
            let (one, other) = (colour(text), colour(behind));
            let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(ratio >= 4.5, "{text} on {behind}: {ratio:.2} in {scheme}");
        }
    }
}
