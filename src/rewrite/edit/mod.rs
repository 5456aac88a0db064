//! Minimal edits that fix a finding: replace one value or insert one line. All other bytes stay as they are.
//!
//! Only certain fixes are made: TLS, IAM authentication and debug logging each have one right literal, whichever
//! callers use the code. The literal replaces the expression in the resource, even if that is a variable, a local or a
//! condition. The definition of a replaced variable or local keeps its bytes, since other code may use it. A value that
//! a module passes through from its caller is fixed in the call, since other calls use the module too. Values shared by
//! a YAML anchor and values with comments inside are not edited. No edit is offered where the right value depends on
//! the system, such as the security groups that a proxy should admit or the secrets that a role should read.

mod hcl;
mod lines;
mod yaml;

use hcl_edit::structure::Body;

use crate::domain::engine::ENGINES;
use crate::domain::finding::{Edit, RuleInfo};
use crate::domain::lines::Lines;
use crate::domain::links::Mending;
use crate::domain::remedy::Setting;
use crate::language::cloudformation;

/// An edit that inserts text and replaces nothing.
fn insertion(at: usize, text: String) -> Edit {
    Edit {
        range: at..at,
        text,
    }
}

/// True if the literal is a valid value of the attribute, but not the one that the rule wants.
fn is_otherwise(setting: &Setting, literal: &str) -> bool {
    let values: &[&str] = if setting.is_of_entry {
        &["DISABLED", "ENABLED", "REQUIRED"]
    } else {
        &["true", "false"]
    };
    values.contains(&literal) && literal != setting.value
}

/// The advice if there is no auth entry to edit.
const NO_ENTRY: &str = "there is no auth entry here to say it in: add one for each secret, or say it in each entry of the module's `auth`";

/// The advice if the value is shared by an anchor.
const SHARED: &str =
    "the value is shared by an anchor, so that others use it too: write it by hand";

/// The parameter that makes a database refuse unencrypted connections, whichever engine it belongs to.
#[derive(Debug)]
struct Switch<'r> {
    /// The id of the rule that explains it.
    rule: &'r str,
}

impl Switch<'_> {
    /// The literals for off, each with the literal for on in the same notation. Source: RDS User Guide, "Requiring an
    /// SSL connection to a PostgreSQL DB instance", "Requiring SSL/TLS for all connections to a MySQL DB instance".
    const POSITIONS: [(&'static str, &'static str); 4] =
        [("0", "1"), ("OFF", "ON"), ("off", "on"), ("Off", "On")];

    fn is_named(&self, name: &str) -> bool {
        ENGINES.iter().any(|engine| engine.tls_parameter == name)
    }

    /// The literal that turns the parameter on, in the notation of the literal that turns it off. An expression has no
    /// literal and gets the first notation.
    fn on(&self, literal: Option<&str>) -> Option<&'static str> {
        let mut positions = Self::POSITIONS.iter();
        let position = positions.find(|(off, _)| literal.is_none_or(|literal| *off == literal));
        position.map(|(_, on)| *on)
    }

    fn by_hand(&self) -> String {
        let rule = self.rule;
        format!("the database is to refuse clear text: see `rdsproxy-gen rules {rule}`")
    }
}

/// A parsed file that can be edited.
pub struct Editable<'t> {
    text: &'t str,
    lines: Lines<'t>,
    kind: EditKind<'t>,
}

enum EditKind<'t> {
    Hcl(Body),
    Data(yaml::YamlText<'t>),
}

impl<'t> Editable<'t> {
    /// Parses a file for editing.
    ///
    /// # Errors
    /// The reason why the file is not edited.
    pub fn read(path: &str, text: &'t str) -> Result<Self, String> {
        let ends = |endings: &[&str]| endings.iter().any(|ending| path.ends_with(ending));
        let is_terraform = ends(&[".tf.json", ".tofu.json"]);
        let kind = if ends(&[".tf", ".tofu", "terragrunt.hcl"]) {
            let body = crate::language::hcl::body(text);
            EditKind::Hcl(body.map_err(|_| "the file cannot be read as a whole")?)
        } else if is_terraform || cloudformation::is_template(text) {
            EditKind::Data(yaml::YamlText::read(text, is_terraform)?)
        } else {
            return Err("files of this kind are not edited".to_owned());
        };
        let lines = Lines::new(text);
        Ok(Self { text, lines, kind })
    }

    /// Returns the edit that replaces the wildcard in the statement at a place with the database user.
    ///
    /// # Errors
    /// Fails unless the statement has exactly one such wildcard.
    pub fn with_user(&self, user: &str, line: u32, column: u32) -> Result<Vec<Edit>, String> {
        let offset = self.offset(line, column)?;
        let statement = match &self.kind {
            EditKind::Hcl(body) => hcl::statement(body, offset),
            EditKind::Data(data) => data.statement(offset),
        };
        let by_hand =
            || format!("the wildcard of the resource was not found: write {user} by hand");
        let plain = |one: char| one.is_ascii_alphanumeric() || "_-.".contains(one);
        if user.is_empty() || !user.chars().all(plain) {
            return Err(by_hand());
        }
        let range = statement.ok_or_else(by_hand)?;
        let found = wildcards(self.text.get(range.clone()).unwrap_or_default());
        match found.as_slice() {
            [at] => Ok(vec![Edit {
                range: range.start + at..range.start + at + 1,
                text: user.to_owned(),
            }]),
            _ => Err(by_hand()),
        }
    }

    /// Returns the edit that makes a caller pass the value that a rule wants, in place of the only wrong literal of a
    /// line. None unless there is exactly one.
    pub fn given(&self, rule: &RuleInfo, line: u32) -> Option<Edit> {
        let Some(Mending::Set(setting)) = rule.links.mending else {
            return None;
        };
        let start = self.lines.offset(line, 1)?;
        let end = self.text.get(start..)?.find('\n');
        let end = end.map_or(self.text.len(), |length| start + length);
        match &self.kind {
            EditKind::Hcl(body) => hcl::given(body, start..end, setting),
            EditKind::Data(_) => None,
        }
    }

    fn offset(&self, line: u32, column: u32) -> Result<usize, String> {
        let found = self.lines.offset(line, column);
        found.ok_or_else(|| "the file is not as it was read".to_owned())
    }

    /// Returns the edits that fix a finding of this rule at this place (1-based; the column counts characters).
    ///
    /// # Errors
    /// The reason why no edit is certain, and what to do by hand.
    pub fn edits(&self, rule: &RuleInfo, line: u32, column: u32) -> Result<Vec<Edit>, String> {
        let text = self.text;
        let offset = self.offset(line, column)?;
        let switch = Switch { rule: rule.id };
        match (&self.kind, &rule.links.mending) {
            (EditKind::Hcl(body), Some(Mending::Set(setting))) => {
                hcl::set(text, body, offset, setting)
            }
            (EditKind::Data(data), Some(Mending::Set(setting))) => {
                Ok(vec![data.set(offset, setting)?])
            }
            (EditKind::Hcl(body), Some(Mending::TlsParameter)) => {
                Ok(vec![hcl::switch(text, body, offset, &switch)?])
            }
            (EditKind::Data(data), Some(Mending::TlsParameter)) => {
                Ok(vec![data.switch(offset, &switch)?])
            }
            (_, Some(Mending::NamedUser) | None) => Err(
                "which text is right here only somebody who knows the system can tell".to_owned(),
            ),
        }
    }
}

/// The folders that a synthesis fills, and the names of the files that it writes elsewhere. Sources: AWS CDK Developer
/// Guide, "Configure and perform CDK stack synthesis"; CDK for Terraform documentation, "Synthesizing configurations";
/// Serverless Framework documentation, "package"; SAM Developer Guide, "sam build".
const SYNTHESIZED: [&[&str]; 2] = [
    &["cdk.out", "cdktf.out", ".serverless", ".aws-sam"],
    &["cdk.tf.json"],
];

/// Marks of synthesized files: the metadata of CDK, its version parameter, and the metadata of CDK for Terraform.
const MARKS: [&str; 4] = [
    "aws:cdk:path",
    "AWS::CDK::Metadata",
    "/cdk-bootstrap/",
    "\"//\": {\n    \"metadata\": {\n      \"backend\"",
];

/// True if the file is generated from other code and an edit would be overwritten.
pub fn is_generated(path: &str, text: &str) -> bool {
    let [folders, names] = SYNTHESIZED;
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or_default();
    names.contains(&name)
        || parts.any(|part| folders.contains(&part))
        || MARKS.iter().any(|mark| text.contains(mark))
}

/// The offsets of the wildcards for all users at the end of resources like `…dbuser:…/*`.
fn wildcards(statement: &str) -> Vec<usize> {
    let ends = statement.match_indices("/*").filter(|(at, _)| {
        let before = statement[..*at].rfind('\n').map_or(0, |line| line + 1);
        let after = statement[at + 2..].chars().next();
        let is_end = after.is_none_or(|one| one.is_whitespace() || "\"'],}".contains(one));
        is_end && statement[before..*at].contains("dbuser:")
    });
    ends.map(|(at, _)| at + 1).collect()
}

/// Applies the edits to a text. Equal edits are applied once.
pub fn applied(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits.dedup();
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        // Each of two overlapping edits is right only alone, so the later one is skipped.
        if edit.range.start < at {
            continue;
        }
        edited.push_str(&text[at..edit.range.start]);
        edited.push_str(&edit.text);
        at = edit.range.end;
    }
    edited.push_str(&text[at..]);
    edited
}

/// The line ending of the line at a place. The last line takes that of the line before it.
fn line_end_at(text: &str, at: usize) -> &'static str {
    let after = text.get(at..).and_then(|rest| Some(at + rest.find('\n')?));
    let end = after.or_else(|| text.rfind('\n'));
    match end.and_then(|end| text.get(..end)) {
        Some(line) if line.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
