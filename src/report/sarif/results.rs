//! Findings and open questions as results of SARIF.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::places::Artifacts;
use super::{plain, rules};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Finding, RuleInfo, Waiver};
use crate::report::acceptance::justification;
use crate::report::audit::{Audit, Judged};
use crate::report::faults::way;
use crate::report::questions::{OpenQuestions, OpenReason};

/// True if a baseline of findings was given: then every result has a baseline state ("baselineState property").
fn is_compared(audit: &Audit) -> bool {
    let findings = audit
        .proxies
        .iter()
        .flat_map(|proxy| &proxy.report.findings);
    findings
        .map(|finding| &finding.accepted)
        .any(|accepted| *accepted == Some(Acceptance::Known))
}

/// The input shared by all results.
pub(super) struct All<'a, 's> {
    audit: &'s Audit,
    artifacts: &'a Artifacts<'s>,
    compared: bool,
}

impl<'a, 's> All<'a, 's> {
    /// Prepares the results of an audit.
    pub(super) fn new(audit: &'s Audit, artifacts: &'a Artifacts<'s>) -> Self {
        Self {
            audit,
            artifacts,
            compared: is_compared(audit),
        }
    }

    /// Iterates over the results: proxy by proxy, the worst findings first, then the open questions.
    pub(super) fn results(&self) -> impl Iterator<Item = Value> {
        let proxies = self.audit.proxies.iter();
        proxies.flat_map(|proxy| self.of_proxy(proxy))
    }

    fn of_proxy(&self, proxy: &'s Judged) -> Vec<Value> {
        let mut fingerprints: BTreeMap<String, usize> = BTreeMap::new();
        let faults = self.artifacts.faults();
        let told = proxy.worst_first().into_iter();
        let told = told.filter(|finding| faults.tells(finding));
        let findings = told.map(|finding| {
            let fingerprint = finding.fingerprint(proxy.root.as_deref());
            let alike = fingerprints.entry(fingerprint.clone()).or_default();
            *alike += 1;
            let number = *alike;
            self.finding(proxy, finding, format!("{fingerprint}:{number}"))
        });
        let mut results: Vec<Value> = findings.collect();
        for question in &OpenQuestions::new(proxy).questions {
            let rules = question.rules.iter();
            results.extend(rules.map(|rule| self.question(proxy, question, rule)));
        }
        results
    }

    fn finding(&self, proxy: &Judged, finding: &'s Finding, fingerprint: String) -> Value {
        let also = self.artifacts.faults().also(finding);
        let accepted = finding.accepted.as_ref();
        json!({
            "ruleId": finding.rule.id,
            "ruleIndex": rules::index(finding.rule, self.audit),
            "kind": "fail",
            "level": rules::level(finding.severity),
            "message": { "text": message(proxy, finding, &also) },
            "locations": [self.artifacts.location_of(finding, proxy)],
            "relatedLocations": self.stations(&finding.origin),
            "partialFingerprints": { "rdsproxyGen/v1": fingerprint },
            "baselineState": self.compared.then_some(match accepted {
                Some(Acceptance::Known) => "unchanged",
                _ => "new",
            }),
            "fixes": self.artifacts.fixes(finding),
            "suppressions": accepted.map(|accepted| [self.suppression(accepted)]),
            "properties": {
                "severity": finding.severity.name(),
                "root": proxy.root,
                "defaultOf": finding.origin.default_of,
            },
        })
    }

    fn question(&self, proxy: &Judged, question: &OpenReason, rule: &RuleInfo) -> Value {
        let origin = question.origin.unwrap_or(&proxy.origin);
        json!({
            "ruleId": rule.id,
            "ruleIndex": rules::index(rule, self.audit),
            "kind": "open",
            "level": "none",
            "message": { "text": plain(&format!("Cannot tell: {}{}.", question.text(), caller(proxy))) },
            "locations": [self.artifacts.location(origin, proxy)],
            "relatedLocations": question.origin.map(|origin| self.stations(origin)),
            "baselineState": self.compared.then_some("new"),
            "properties": { "root": proxy.root },
        })
    }

    /// Returns the variables and parameters that a value passed through.
    fn stations(&self, origin: &Origin) -> Value {
        // Their names are known but not their lines, so each has the place where the value arrives.
        if origin.via.is_empty() {
            return Value::Null;
        }
        let stations = origin.via.iter().zip(1..).map(|(name, id)| {
            json!({
                "id": id,
                "physicalLocation": self.artifacts.place(origin),
                "logicalLocations": [{ "fullyQualifiedName": name, "kind": "value" }],
                "message": { "text": plain(&format!("The value comes from {name}.")) },
            })
        });
        stations.collect()
    }

    fn suppression(&self, accepted: &Acceptance) -> Value {
        let (kind, waiver) = match accepted {
            Acceptance::Comment(waiver) => ("inSource", Some(waiver)),
            Acceptance::Policy(waiver) => ("external", Some(waiver)),
            Acceptance::Known => ("external", None),
        };
        let place =
            |waiver: &Waiver| json!({ "physicalLocation": self.artifacts.place(&waiver.origin) });
        json!({
            "kind": kind,
            "status": "accepted",
            "justification": justification(accepted),
            "location": waiver.map(place),
            "properties": waiver.map(|waiver| json!({
                "until": waiver.until,
                "owner": waiver.owner,
            })),
        })
    }
}

/// Formats the message, the path of the value, and the fix.
fn message(proxy: &Judged, finding: &Finding, also: &[String]) -> String {
    let way = way(&finding.origin).map_or_else(String::new, |way| format!(" ({way})"));
    let fix = finding.fix_text();
    let fix = fix.map_or_else(String::new, |fix| format!(" Write {fix}."));
    let also: String = also.iter().map(|line| format!(" ({line})")).collect();
    plain(&format!(
        "{}{way}{}{also}.{fix}",
        finding.message,
        caller(proxy)
    ))
}

fn caller(proxy: &Judged) -> String {
    let caller = proxy.caller();
    caller.map_or_else(String::new, |root| format!(", called from {root}"))
}
