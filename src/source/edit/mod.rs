//! Minimal edits that mend a finding: one value in place of another, or one line more. Everything else keeps its bytes.
//!
//! Only what is certain is edited: TLS, IAM and debug logging are literals of one value, whoever else uses the code. Which security
//! group a proxy should let in, or which secret a role should read, nobody here can know.

mod hcl;
mod yaml;

use std::ops::Range;

use super::cloudformation;

/// A piece of text in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What comes instead.
    pub text: String,
}

/// What a rule wants an attribute to say.
#[derive(Debug)]
struct Setting {
    rule: &'static str,
    /// Terraform's word and CloudFormation's.
    names: [&'static str; 2],
    /// The value in HCL and JSON, and in YAML.
    values: [&'static str; 2],
    /// The blocks that may hold it.
    holders: &'static [&'static str],
}

const SETTINGS: [Setting; 3] = [
    Setting {
        rule: "client-tls-not-required",
        names: ["require_tls", "RequireTLS"],
        values: ["true", "true"],
        holders: &["resource", "module"],
    },
    Setting {
        rule: "iam-auth-not-required",
        names: ["iam_auth", "IAMAuth"],
        values: ["\"REQUIRED\"", "REQUIRED"],
        holders: &["auth", "dynamic"],
    },
    Setting {
        rule: "debug-logging-on",
        names: ["debug_logging", "DebugLogging"],
        values: ["false", "false"],
        holders: &["resource", "module"],
    },
];

impl Setting {
    /// True for what each auth entry says, and the proxy itself does not.
    fn is_of_entry(&self) -> bool {
        self.holders.contains(&"auth")
    }
}

/// What to do where there is no entry to edit.
const NO_ENTRY: &str = "there is no auth entry here to say it in: add one for each secret, or say it in each entry of the module's `auth`";

/// The rule whose fault in a parameter group is a value that turns TLS off.
const DATABASE_TLS: &str = "database-tls-not-enforced";

/// How parameters turn TLS off, and the same the other way round. Source: RDS User Guide, "Requiring an SSL connection to a
/// PostgreSQL DB instance", "Requiring SSL/TLS for all connections to a MySQL DB instance".
const SWITCHES: [(&str, &str); 3] = [("0", "1"), ("OFF", "ON"), ("off", "on")];

/// The rules whose findings can be mended.
pub fn mended_rules() -> impl Iterator<Item = &'static str> {
    let settings = SETTINGS.iter().map(|setting| setting.rule);
    settings.chain(std::iter::once(DATABASE_TLS))
}

/// The edit that mends a finding of this rule at this place (1-based, the column in characters).
///
/// # Errors
/// Why there is no edit that is certain, and what to do by hand.
pub fn edit(
    (path, text): (&str, &str),
    rule: &str,
    (line, column): (u32, u32),
) -> Result<Edit, String> {
    let offset = offset(text, line, column).ok_or("the file is not as it was read")?;
    let is_hcl = [".tf", ".tofu"].iter().any(|ending| path.ends_with(ending));
    let is_template = cloudformation::is_template(text);
    if rule == DATABASE_TLS {
        return switched(text, offset);
    }
    let setting = SETTINGS
        .iter()
        .find(|setting| setting.rule == rule)
        .ok_or("which text is right here only somebody who knows the system can tell")?;
    if is_hcl {
        hcl::edit(text, offset, setting)
    } else if is_template {
        yaml::edit(text, offset, setting)
    } else {
        Err("files of this kind are not edited".to_owned())
    }
}

/// The text with all edits; those that say the same once.
pub fn applied(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits.dedup();
    let mut edited = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        // Edits that overlap would each be right alone.
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

/// The other position of a switch that stands at a place as a literal.
fn switched(text: &str, offset: usize) -> Result<Edit, String> {
    let rest = &text[offset..];
    let open = rest.len() - rest.trim_start_matches(['"', '\'']).len();
    let word: String = rest[open..]
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    let (_, on) = SWITCHES.iter().find(|(off, _)| *off == word).ok_or(
        "the database is to refuse clear text: see `rdsproxy-gen rules database-tls-not-enforced`",
    )?;
    let start = offset + open;
    Ok(Edit {
        range: start..start + word.len(),
        text: (*on).to_owned(),
    })
}

/// The byte at a place.
fn offset(text: &str, line: u32, column: u32) -> Option<usize> {
    let index = |number: u32| usize::try_from(number.checked_sub(1)?).ok();
    let mut start = 0;
    for _ in 0..index(line)? {
        start += text.get(start..)?.find('\n')? + 1;
    }
    let column = index(column)?;
    let within = text
        .get(start..)?
        .char_indices()
        .map(|(at, _)| at)
        .nth(column)?;
    Some(start + within)
}

/// How lines end in a text.
fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}
