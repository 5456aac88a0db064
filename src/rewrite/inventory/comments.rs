//! Comments that control tools: waivers of this tool, and comments that make other scanners skip findings.

use super::{Entries, Entry};
use crate::domain::evidence::Origin;
use crate::rewrite::comments::{MARK, ignore_comments};
use crate::rewrite::metadata::ignore_metadata;

/// The marks of such comments, in lower case and without white space. Sources: the pages on ignoring findings of
/// checkov, trivy, tfsec, kics, terrascan, tflint, cfn_nag, cfn-lint, bandit, semgrep, snyk, SonarQube, gitleaks,
/// trufflehog, detect-secrets, DeepSource, CodeQL, Codacy, DevSkim, Bearer, yamllint, JetBrains.
const MARKS: [&str; 36] = [
    "bearer:disable",
    "bridgecrew:skip",
    "cfn-guard",
    "cfn-lint",
    "cfn_nag",
    "cfnlint",
    "checkov:skip",
    "codacy:disable",
    "codeql[",
    "cortex:skip",
    "deepsource",
    "devskim:ignore",
    "ggignore",
    "gitleaks:allow",
    "kics-scan",
    "kics:ignore",
    "lgtm[",
    "noinspection",
    "nosec",
    "nosemgrep",
    "nosonar",
    "opengrep:ignore",
    "pragma:allowlist",
    "pragma:whitelist",
    "rdsproxy-gen:ignore",
    "semgrep:ignore",
    "skipcq",
    "snyk:ignore",
    "terrascan",
    "tflint-ignore",
    "tfsec:",
    "trivy:",
    "trufflehog:ignore",
    "ts:skip",
    "wiz-scan",
    "yamllint",
];

/// The entries for waivers, skip comments and unusual control characters in a file.
pub(super) fn entries(path: &str, text: &str) -> Entries {
    let waivers: Vec<_> = ignore_comments(path, text)
        .into_iter()
        .chain(ignore_metadata(path, text))
        .collect();
    let waived: Vec<u32> = waivers.iter().map(|waiver| waiver.place.0).collect();
    let mut found: Entries = waivers
        .into_iter()
        .map(|waiver| {
            let (line, column) = waiver.place;
            let keys = ["waiver".to_owned(), waiver.rules.join(",")];
            (keys.into(), entry(Origin::at(path, line, column)))
        })
        .collect();
    for (index, line) in text.split('\n').enumerate() {
        let number = |value: usize| u32::try_from(value + 1).unwrap_or(u32::MAX);
        let is_waiver = |mark: &str| mark.starts_with(MARK) && waived.contains(&number(index));
        if let Some((column, mark)) = mark(line).filter(|(_, mark)| !is_waiver(mark)) {
            let keys = ["skip".to_owned(), mark];
            let origin = Origin::at(path, number(index), number(column));
            found.push((keys.into(), entry(origin)));
        }
        if let Some(odd) = line
            .strip_suffix('\r')
            .unwrap_or(line)
            .chars()
            .find(|one| is_odd(*one))
        {
            let column = line.chars().take_while(|one| *one != odd).count();
            let keys = ["character".to_owned(), format!("U+{:04X}", u32::from(odd))];
            let origin = Origin::at(path, number(index), number(column));
            found.push((keys.into(), entry(origin)));
        }
    }
    found
}

/// The first mark of a line: the number of characters before it, and the text from there on.
fn mark(line: &str) -> Option<(usize, String)> {
    let letters: Vec<(usize, char)> = line
        .chars()
        .enumerate()
        .filter(|(_, letter)| !letter.is_whitespace())
        .collect();
    let lower: String = letters
        .iter()
        .map(|(_, letter)| letter.to_ascii_lowercase())
        .collect();
    let at = MARKS.iter().filter_map(|mark| lower.find(mark)).min()?;
    let (column, _) = *letters.get(lower[..at].chars().count())?;
    let rest: String = line.chars().skip(column).collect();
    Some((column, rest.trim_end().to_owned()))
}

/// True for characters that only some parsers treat as a line break, and for characters that display a line in another
/// order than it is read. Sources: YAML 1.1, "Line Break Characters"; Unicode Standard Annex 9, "Directional Formatting
/// Characters".
fn is_odd(letter: char) -> bool {
    let is_control = letter.is_control() && letter != '\t';
    is_control
        || matches!(
            letter,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

fn entry(origin: Origin) -> Entry {
    Entry {
        kind: String::new(),
        value: "{}".to_owned(),
        origin,
    }
}
