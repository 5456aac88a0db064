//! Reads the text of a policy, and reports every problem at once, each with its place and a hint.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::pattern::Pattern;
use super::waiver::{WaiverEntry, day};
use super::{POLICY_SCHEMA, TeamPolicy};
use crate::domain::finding::Severity;
use crate::domain::limits::Limits;
use crate::domain::settings::SettingRow;
use crate::domain::spec::{NamedText, Placed, SpecError, SpecProblem, nearest};

const TABLES: [&str; 4] = ["schema", "severity", "limits", "waivers"];
const WAIVER: [&str; 7] = [
    "rule",
    "subject",
    "file",
    "attribute",
    "reason",
    "owner",
    "until",
];

const SEVERITIES: [Severity; 5] = [
    Severity::Note,
    Severity::Low,
    Severity::Medium,
    Severity::High,
    Severity::Critical,
];

/// A limit, and the direction in which it may be tightened.
struct LimitRow {
    key: &'static str,
    /// True for an upper limit, which is tightened by a smaller value.
    is_most: bool,
    get: fn(&Limits) -> u64,
    set: fn(&mut Limits, u64),
}

macro_rules! row {
    ($field:ident, $is_most:expr) => {
        LimitRow {
            key: stringify!($field),
            is_most: $is_most,
            get: |limits| u64::try_from(limits.$field).unwrap_or(u64::MAX),
            set: |limits, value| {
                if let Ok(value) = value.try_into() {
                    limits.$field = value;
                }
            },
        }
    };
}

/// A limit of the service.
struct OwnLimit {
    key: &'static str,
    /// True for an upper limit.
    is_most: bool,
    value: u64,
}

/// The limits beside those of the settings.
const LIMITS: [LimitRow; 5] = [
    row!(subnets, false),
    row!(zones, false),
    row!(secrets, true),
    row!(endpoints, true),
    row!(free_addresses, false),
];

type Value<'d> = Spanned<DeValue<'d>>;

/// Reads a policy; `rules` are the ids of the existing rules.
///
/// # Errors
/// Every problem in the text.
pub fn policy(text: &NamedText<'_>, rules: &[&str]) -> Result<TeamPolicy, SpecError> {
    let table = DeTable::parse(text.text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        SpecError(vec![problem(&text.placed(), span, error.message(), None)])
    })?;
    let mut reader = PolicyReader {
        text: &text.placed(),
        rules,
        problems: Vec::new(),
        policy: TeamPolicy::default(),
    };
    reader.root(table.get_ref());
    if reader.problems.is_empty() {
        Ok(reader.policy)
    } else {
        Err(SpecError(reader.problems))
    }
}

fn problem(
    text: &Placed<'_>,
    span: Range<usize>,
    message: &str,
    hint: Option<String>,
) -> SpecProblem {
    SpecProblem {
        message: message.to_owned(),
        origin: text.origin(&span),
        hint,
    }
}

struct PolicyReader<'r> {
    text: &'r Placed<'r>,
    rules: &'r [&'r str],
    problems: Vec<SpecProblem>,
    policy: TeamPolicy,
}

impl PolicyReader<'_> {
    fn wrong(&mut self, span: Range<usize>, message: &str, hint: impl Into<Option<String>>) {
        let problem = problem(self.text, span, message, hint.into());
        self.problems.push(problem);
    }

    /// Reports each key of a table that is not in `keys`.
    fn known(&mut self, table: &DeTable<'_>, keys: &[&str]) {
        for (key, _) in table.iter() {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) {
                let hint = match nearest(name, keys.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are: {}", keys.join(", ")),
                };
                self.wrong(key.span(), &format!("unknown key `{name}`"), hint);
            }
        }
    }

    fn root(&mut self, table: &DeTable<'_>) {
        self.known(table, &TABLES);
        match table.get("schema") {
            Some(schema) if integer(schema) == Some(POLICY_SCHEMA) => {}
            Some(schema) => self.wrong(
                schema.span(),
                "the version of this format is not one that is known here",
                format!("write `schema = {POLICY_SCHEMA}`"),
            ),
            None => self.wrong(
                0..0,
                "has no `schema`",
                format!("write `schema = {POLICY_SCHEMA}` at its top"),
            ),
        }
        if let Some(severity) = self.table(table, "severity") {
            self.severities(severity);
        }
        if let Some(limits) = self.table(table, "limits") {
            self.limits(limits);
        }
        match table
            .get("waivers")
            .map(|waivers| (waivers.span(), waivers.get_ref()))
        {
            Some((_, DeValue::Array(waivers))) => {
                for waiver in waivers.iter() {
                    self.waiver(waiver);
                }
            }
            Some((span, _)) => self.wrong(
                span,
                "`waivers` is not a list",
                "write each as `[[waivers]]`".to_owned(),
            ),
            None => {}
        }
    }

    fn table<'t>(&mut self, table: &'t DeTable<'t>, key: &str) -> Option<&'t DeTable<'t>> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Table(inner) => Some(inner),
            _ => {
                self.wrong(
                    value.span(),
                    &format!("`{key}` is not a table"),
                    format!("write `[{key}]`"),
                );
                None
            }
        }
    }

    fn severities(&mut self, table: &DeTable<'_>) {
        for (key, value) in table.iter() {
            let rule = key.get_ref().as_ref();
            let known = self.rule(rule, key.span());
            let word = value.get_ref().as_str();
            let severity = SEVERITIES.iter().find(|one| Some(one.name()) == word);
            match (known, severity) {
                (true, Some(severity)) => {
                    self.policy.severities.insert(rule.to_owned(), *severity);
                }
                (_, Some(_)) => {}
                (_, None) => {
                    let words = SEVERITIES.map(Severity::name).join(", ");
                    self.wrong(
                        value.span(),
                        "this is not a severity",
                        format!("there are: {words}"),
                    );
                }
            }
        }
    }

    /// True if the rule exists; reports it otherwise.
    fn rule(&mut self, rule: &str, span: Range<usize>) -> bool {
        let known = self.rules.contains(&rule);
        if !known {
            let hint = match nearest(rule, self.rules.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`rdsproxy-gen rules` lists them".to_owned(),
            };
            self.wrong(span, &format!("there is no rule `{rule}`"), hint);
        }
        known
    }

    fn limits(&mut self, table: &DeTable<'_>) {
        let settings = || SettingRow::ALL.iter().filter(|row| row.is_limited);
        let keys = LIMITS.iter().map(|row| row.key);
        let keys: Vec<&str> = keys.chain(settings().map(|row| row.key)).collect();
        self.known(table, &keys);
        for row in &LIMITS {
            let own = OwnLimit {
                key: row.key,
                is_most: row.is_most,
                value: (row.get)(&Limits::SERVICE),
            };
            if let Some(wanted) = self.tightened(table, &own) {
                (row.set)(&mut self.policy.limits, wanted);
            }
        }
        for row in settings() {
            let own = OwnLimit {
                key: row.key,
                is_most: true,
                value: u64::from(row.most()),
            };
            let wanted = self.tightened(table, &own);
            let wanted = wanted.and_then(|wanted| u32::try_from(wanted).ok());
            if let (Some(wanted), Some(most)) = (wanted, self.policy.limits.most.get_mut(row)) {
                *most = wanted;
            }
        }
    }

    /// Returns the value of a limit if it is at least as strict as the service's own.
    fn tightened(&mut self, table: &DeTable<'_>, own: &OwnLimit) -> Option<u64> {
        let OwnLimit {
            key,
            is_most,
            value: own,
        } = *own;
        let value = table.get(key)?;
        let wanted = integer(value).and_then(|number| u64::try_from(number).ok());
        let strict = wanted.filter(|wanted| {
            if is_most {
                *wanted <= own
            } else {
                *wanted >= own
            }
        });
        if strict.is_none() {
            let word = if is_most { "at most" } else { "at least" };
            let message =
                format!("a limit may only be tightened: `{key}` is {own} for the service");
            self.wrong(value.span(), &message, format!("write {word} {own}"));
        }
        strict
    }

    fn waiver(&mut self, value: &Value<'_>) {
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong(
                value.span(),
                "a waiver is a table",
                "write `[[waivers]]`".to_owned(),
            );
            return;
        };
        self.known(table, &WAIVER);
        let rules: Vec<String> = match table.get("rule") {
            Some(rule) => {
                let name = rule.get_ref().as_str().unwrap_or_default().to_owned();
                self.rule(&name, rule.span());
                vec![name]
            }
            None if table.contains_key("attribute") => Vec::new(),
            None => {
                let hint =
                    "write `rule = \"…\"`, or `attribute = \"…\"` for drift that no rule is about";
                self.wrong(value.span(), "a waiver names no rule", hint.to_owned());
                return;
            }
        };
        let entry = WaiverEntry {
            rules,
            subject: self.pattern(table, "subject"),
            file: self.pattern(table, "file"),
            attribute: self.pattern(table, "attribute"),
            reason: self.words(table, "reason"),
            owner: self.words(table, "owner"),
            until: self.day(table),
            project: None,
            origin: self.text.origin(&value.span()),
        };
        self.policy.waivers.push(entry);
    }

    fn pattern(&mut self, table: &DeTable<'_>, key: &str) -> Option<Pattern> {
        let value = table.get(key)?;
        let made = value.get_ref().as_str().and_then(|text| match key {
            "file" => Pattern::for_files(text),
            _ => Pattern::for_addresses(text),
        });
        if made.is_none() {
            self.wrong(
                value.span(),
                &format!("`{key}` is not a valid pattern"),
                "write text, with `*` and `?` where it varies".to_owned(),
            );
        }
        made
    }

    /// Returns a text without surrounding white space; `None` if nothing is left.
    fn words(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(
                value.span(),
                &format!("`{key}` is not a string"),
                "put it in quotes".to_owned(),
            );
            return None;
        };
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn day(&mut self, table: &DeTable<'_>) -> Option<time::Date> {
        let value = table.get("until")?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => date.to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let found = day(&text);
        if found.is_none() {
            self.wrong(
                value.span(),
                "this is not a date",
                "write it as 2027-01-31".to_owned(),
            );
        }
        found
    }
}

fn integer(value: &Value<'_>) -> Option<i64> {
    match value.get_ref() {
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    }
}
