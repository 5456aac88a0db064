//! JUnit XML: complete, and consistent with the audit.

use rdsproxy_gen::domain::finding::Severity;
use rdsproxy_gen::report::{Audit, RuleAnswer};
use roxmltree::{Document, Node};

use super::{estate, render};

fn named<'a>(document: &'a Document, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    document
        .descendants()
        .filter(move |node| node.has_tag_name(name))
}

/// Parses the report and checks that it contains every case and every failure.
pub(super) fn is_whole(text: &str, audit: &Audit) {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!(
        named(&document, "testsuite").count(),
        audit.proxies.len() + 1
    );
    let cases = audit.proxies.len() * audit.rules.len() + audit.skipped.len();
    assert_eq!(named(&document, "testcase").count(), cases);
    let counted = estate::findings(audit)
        .filter(|finding| finding.accepted.is_none() && finding.severity > Severity::Note);
    assert_eq!(named(&document, "failure").count(), counted.count());
    for suite in named(&document, "testsuite") {
        let children = suite
            .children()
            .filter(|child| child.has_tag_name("testcase"));
        assert_eq!(
            suite.attribute("tests"),
            Some(children.count().to_string().as_str())
        );
        for (attribute, element) in [("failures", "failure"), ("skipped", "skipped")] {
            let cases = suite
                .children()
                .filter(|case| case.children().any(|child| child.has_tag_name(element)));
            assert_eq!(
                suite.attribute(attribute),
                Some(cases.count().to_string().as_str())
            );
        }
    }
}

#[test]
fn every_answer_has_its_case() {
    let audit = estate::audit();
    let text = render("junit", &audit);
    is_whole(&text, &audit);
    let document = Document::parse(&text).unwrap();
    let suites: Vec<Node> = named(&document, "testsuite").collect();
    for (proxy, suite) in audit.proxies.iter().zip(suites) {
        for rule in &audit.rules {
            let case = suite
                .children()
                .find(|case| case.attribute("name") == Some(rule.id))
                .unwrap();
            let has = |name: &str| case.children().any(|child| child.has_tag_name(name));
            match proxy.answer(rule) {
                RuleAnswer::Pass => assert!(!has("failure") && !has("skipped"), "{}", rule.id),
                RuleAnswer::Open | RuleAnswer::Accepted => {
                    assert!(!has("failure") && has("skipped"), "{}", rule.id)
                }
                RuleAnswer::Fail => assert!(!has("skipped"), "{}", rule.id),
            }
        }
    }
}
