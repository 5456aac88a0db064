//! Files and places in SARIF: addresses relative to the folder in which the audit ran, columns in UTF-16 code units.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Edit, Finding};
use crate::domain::lines::Lines;
use crate::report::audit::{Audit, Judged};
use crate::report::edits::ends;
use crate::report::excerpt::Sources;
use crate::report::faults::Faults;

/// The base of relative addresses: the folder in which the audit ran; GitHub code scanning and other tools use this
/// name.
pub(super) const ROOT: &str = "%SRCROOT%";

/// All files that places refer to, sorted.
pub(super) struct Artifacts<'a> {
    files: Vec<&'a str>,
    sources: Sources<'a>,
}

impl<'a> Artifacts<'a> {
    /// Collects the files of an audit.
    pub(super) fn new(audit: &'a Audit) -> Self {
        let skipped = audit.skipped.iter().map(|skipped| &skipped.origin);
        let files: BTreeSet<&str> = audit
            .proxies
            .iter()
            .flat_map(origins)
            .chain(skipped)
            .map(|origin| origin.file.as_str())
            .collect();
        Self {
            files: files.into_iter().collect(),
            sources: Sources::new(audit),
        }
    }

    /// Returns the list that places index into.
    pub(super) fn list(&self) -> Vec<Value> {
        let addresses = self.files.iter().map(|file| address(file));
        addresses
            .map(|address| json!({ "location": address, "roles": ["analysisTarget"] }))
            .collect()
    }

    /// Converts a place and the proxy that it concerns.
    pub(super) fn location(&self, origin: &Origin, proxy: &Judged) -> Value {
        json!({
            "physicalLocation": self.place(origin),
            "logicalLocations": [logical(proxy)],
        })
    }

    /// Converts the place of a fault and all proxies that it concerns.
    pub(super) fn location_of(&self, finding: &'a Finding, proxy: &Judged) -> Value {
        let others = self.sources.faults.others(finding).iter();
        let mut proxies = vec![logical(proxy)];
        proxies.extend(others.map(|other| logical(other.proxy)));
        // The findings of one proxy are adjacent.
        proxies.dedup();
        json!({
            "physicalLocation": self.place(&finding.origin),
            "logicalLocations": proxies,
        })
    }

    /// Returns the findings grouped by fault.
    pub(super) fn faults(&self) -> &Faults<'a> {
        &self.sources.faults
    }

    /// Converts a place in a file.
    pub(super) fn place(&self, origin: &Origin) -> Value {
        let mut address = address(&origin.file);
        if let Ok(index) = self.files.binary_search(&origin.file.as_str()) {
            address["index"] = json!(index);
        }
        json!({ "artifactLocation": address, "region": self.region(origin) })
    }

    /// Converts the fix of a finding, if there is a certain one.
    pub(super) fn fixes(&self, finding: &'a Finding) -> Value {
        let edits = self.sources.faults.edits(finding);
        let changes: Option<Vec<Value>> = edits
            .iter()
            .map(|(file, edits)| self.change(file, edits))
            .collect();
        match changes {
            Some(changes) if !changes.is_empty() => json!([{
                "description": { "text": "What `rdsproxy-gen audit --fix` would write." },
                "artifactChanges": changes,
            }]),
            _ => Value::Null,
        }
    }

    fn change(&self, file: &str, edits: &[&Edit]) -> Option<Value> {
        let lines = self.sources.lines(file)?;
        let edits = edits.iter();
        let replacements: Option<Vec<Value>> = edits.map(|edit| replacement(lines, edit)).collect();
        Some(json!({
            "artifactLocation": self.place(&Origin::document(file))["artifactLocation"],
            "replacements": replacements?,
        }))
    }

    /// Converts a position. If the text is unknown, columns cannot be converted to the units of SARIF, and only the
    /// line is given.
    fn region(&self, origin: &Origin) -> Value {
        if origin.line == 0 {
            return Value::Null;
        }
        let Some(line) = self.sources.line(origin) else {
            return json!({ "startLine": origin.line });
        };
        let start = line.columns[1];
        let meant = line.meant();
        let end = (!meant.is_empty()).then(|| start + units(meant));
        json!({
            "startLine": origin.line,
            "startColumn": start,
            "endColumn": end,
            "snippet": { "text": if meant.is_empty() { line.short().text.into_owned() } else { meant.to_owned() } },
        })
    }
}

fn logical(proxy: &Judged) -> Value {
    json!({ "fullyQualifiedName": proxy.address, "kind": "resource" })
}

fn replacement(lines: &Lines<'_>, edit: &Edit) -> Option<Value> {
    let (start, end) = ends(lines, edit, Lines::place_in_units)?;
    Some(json!({
        "deletedRegion": {
            "startLine": start.0,
            "startColumn": start.1,
            "endLine": end.0,
            "endColumn": end.1,
        },
        "insertedContent": { "text": edit.text },
    }))
}

fn origins(proxy: &Judged) -> Vec<&Origin> {
    let report = &proxy.report;
    let mut origins = vec![&proxy.origin];
    origins.extend(report.findings.iter().map(|finding| &finding.origin));
    origins.extend(report.findings.iter().filter_map(waiver));
    let questions = report.undetermined.iter();
    origins.extend(questions.filter_map(|open| open.origin.as_ref()));
    origins
}

fn waiver(finding: &Finding) -> Option<&Origin> {
    match finding.accepted.as_ref()? {
        Acceptance::Comment(waiver) | Acceptance::Policy(waiver) => Some(&waiver.origin),
        Acceptance::Known => None,
    }
}

/// Returns the address of a file: relative to the folder of the audit, unless the user gave an absolute path.
fn address(file: &str) -> Value {
    match file.split_once(":/") {
        Some((drive, _)) if drive.len() == 1 => {
            json!({ "uri": format!("file:///{drive}:{}", encoded(&file[2..])) })
        }
        _ if file.starts_with('/') => json!({ "uri": format!("file://{}", encoded(file)) }),
        _ => json!({ "uri": encoded(file), "uriBaseId": ROOT }),
    }
}

/// Encodes a path as part of a URI: RFC 3986, section 3.3.
fn encoded(path: &str) -> String {
    // Colons are encoded too: before the first slash, one would end a scheme.
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn units(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.encode_utf16().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::secrecy::MaskedText;

    #[test]
    fn files_have_addresses_that_every_reader_takes_apart_alike() {
        let root = "%SRCROOT%";
        for (file, expected) in [
            (
                "infra/main.tf",
                json!({"uri": "infra/main.tf", "uriBaseId": root}),
            ),
            (
                "a b/ü:#?%.tf",
                json!({"uri": "a%20b/%C3%BC%3A%23%3F%25.tf", "uriBaseId": root}),
            ),
            ("../x.tf", json!({"uri": "../x.tf", "uriBaseId": root})),
            ("/srv/a b.tf", json!({"uri": "file:///srv/a%20b.tf"})),
            ("C:/a b.tf", json!({"uri": "file:///C:/a%20b.tf"})),
        ] {
            assert_eq!(address(file), expected, "{file}");
        }
    }

    #[test]
    fn columns_are_utf_16_code_units() {
        let audit = Audit {
            texts: [(
                "a.tf".to_owned(),
                MaskedText::whole("x\n/* 𝄞é */ tls = false\n"),
            )]
            .into(),
            ..Audit::default()
        };
        let place = Artifacts::new(&audit).place(&Origin::at("a.tf", 2, 16));
        assert_eq!(
            place["region"],
            json!({"startLine": 2, "startColumn": 17, "endColumn": 22, "snippet": {"text": "false"}})
        );
    }
}
