//! Hostile text in every answer: either refused with the place and the allowed values, or rendered so that it stays
//! plain text.

mod random;
mod readers;

use std::collections::{BTreeMap, BTreeSet};

use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::spec::Spec;
use rdsproxy_gen::interview::{
    AnswerKey, AnswerValue, Answers, AskError, Asker, InterviewError, Mode, Prompt, QUESTIONS,
    Question, Reply, run,
};

use crate::generating::examples::rendered;
use crate::generating::interview::estate;
use crate::support::scale;

/// Texts that break out of strings, comments, tables and scalars of the rendered languages.
pub(crate) const HOSTILE: &[&str] = &[
    "${aws_db_proxy.this.arn}",
    "$${x}",
    "%{ if true }x%{ endif }",
    "a\"b",
    "\" = \"\"\nresource \"aws_iam_role\" \"x\" {}",
    "it's",
    "'; DROP TABLE users; --",
    "a`b",
    "`id`",
    "$(id)",
    "a\nb",
    "a\r\nb: c",
    "a\tb",
    "a\\",
    "\\u0041",
    "!Ref AWS::AccountId",
    "!Sub ${AWS::AccountId}",
    "{{resolve:secretsmanager:x}}",
    "{{ proxy.name }}",
    "{% include \"x\" %}",
    "<<EOF",
    "EOF",
    "*/ x /*",
    "// x",
    "-- x",
    "# x",
    "a]b",
    "]; GO",
    "a: b",
    "- a",
    "? a",
    "&anchor",
    "*alias",
    "| cell |",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "a\u{0}b",
    "\u{1b}[31mred",
    "\u{7f}",
    "\u{85}next",
    "\u{2028}line",
    "\u{202e}desrever",
    "\u{feff}bom",
    "\u{200b}",
    "日本🦀",
    "null",
    "true",
    "~",
    "1e3",
    "0x1F",
    "../../etc/passwd",
    "arn:aws:iam::*:root",
    "*",
    "",
    " ",
    " a ",
];

/// A spec with every table and every key, and consistent values.
const WHOLE: &str = include_str!("whole.toml");

/// The free-text keys of the spec, as the questions name them, with the record that the complete spec has.
fn keys() -> Vec<(&'static Question, AnswerKey)> {
    let mut keys = Vec::new();
    for question in QUESTIONS.iter().flat_map(|rows| rows.iter()) {
        let written = question
            .key
            .replacen(".*.", ".0.", 1)
            .replace("tags.*", "tags.team");
        let key = AnswerKey::parse(&written).unwrap_or_else(|| panic!("{written}"));
        keys.push((question, key));
    }
    assert!(keys.len() > 30, "{}", keys.len());
    keys
}

/// Renders an accepted spec; the text must be harmless in every file.
fn accepted(what: &str, text: &str) -> BTreeMap<String, String> {
    let spec = Spec::parse(text, "rdsproxy.toml")
        .unwrap_or_else(|error| panic!("{what}: {error}\n{text}"));
    let blueprint = Blueprint::harden(&spec).unwrap_or_else(|error| panic!("{what}: {error}"));
    let files = rendered(&blueprint);
    readers::harmless(what, &blueprint, &files);
    files
}

#[test]
fn through_set_every_answer_is_refused_with_its_key_or_harmless() {
    for (_, key) in keys() {
        for text in scale::some(HOSTILE) {
            let what = format!("--set {key}={text:?}");
            let mut answers = Answers::from_toml(WHOLE, "rdsproxy.toml").unwrap();
            match answers.set(&format!("{key}={text}")) {
                Err(error) => refusal_is_useful(&what, &error.to_string(), &format!("--set {key}")),
                Ok(()) => judge(&what, &answers.to_toml()),
            }
        }
    }
}

/// Checks a text that its question accepts; the spec as a whole may still refuse it, with a place.
fn judge(what: &str, text: &str) {
    let refused = Spec::parse(text, "rdsproxy.toml").and_then(|spec| Blueprint::harden(&spec));
    match refused {
        Err(error) => refusal_is_useful(what, &error.to_string(), "rdsproxy.toml:"),
        Ok(_) => {
            accepted(what, text);
        }
    }
}

/// A refusal names the place and the reason, on lines that no hostile text can forge or colour.
fn refusal_is_useful(what: &str, said: &str, place: &str) {
    assert!(!said.is_empty(), "{what}: refused without a word");
    for line in said.lines() {
        assert!(line.starts_with(place), "{what}: no place in {line:?}");
        assert!(
            line.len() > place.len() + 15,
            "{what}: {line:?} says nothing"
        );
        let hidden = line
            .chars()
            .find(|c| c.is_control() || "\u{202e}\u{200b}\u{feff}\u{2028}".contains(*c));
        assert_eq!(hidden, None, "{what}: {line:?}");
    }
}

/// The complete spec with one value replaced, as a person would edit it.
fn edited(key: &AnswerKey, value: toml::Value) -> String {
    let mut table: toml::Table = toml::from_str(WHOLE).unwrap();
    let section = table.get_mut(&key.section).unwrap();
    let fields = match key.record {
        Some(record) => section.as_array_mut().unwrap()[record]
            .as_table_mut()
            .unwrap(),
        None => section.as_table_mut().unwrap(),
    };
    fields.insert(key.field.clone(), value);
    toml::to_string(&table).unwrap()
}

#[test]
fn in_a_file_every_answer_is_refused_with_its_line_or_harmless() {
    for (_, key) in keys().into_iter().filter(|(_, key)| !key.field.is_empty()) {
        for (at, text) in HOSTILE.iter().enumerate().step_by(scale::step(1)) {
            let one = toml::Value::String((*text).to_owned());
            let list = toml::Value::Array(vec![one.clone()]);
            // Lists use the same code, so a normal run tests only some texts in them.
            let is_tried = scale::is_whole() || at % 5 == 0;
            for value in [Some(one), is_tried.then_some(list)].into_iter().flatten() {
                let what = format!("{key} = {value}");
                let text = edited(&key, value);
                judge(&what, &text);
                match Answers::from_toml(&text, "answers.toml") {
                    Err(error) => refusal_is_useful(&what, &error.to_string(), "answers.toml:"),
                    Ok(answers) => judge(&what, &answers.to_toml()),
                }
            }
        }
    }
}

#[test]
fn hostile_keys_are_unknown_keys_with_their_line() {
    for text in HOSTILE {
        for section in ["", "proxy", "tags"] {
            let mut table: toml::Table = toml::from_str(WHOLE).unwrap();
            let value = toml::Value::String("x".to_owned());
            match section {
                "" => table.insert((*text).to_owned(), value),
                section => table[section]
                    .as_table_mut()
                    .unwrap()
                    .insert((*text).to_owned(), value),
            };
            judge(
                &format!("key {text:?} in {section:?}"),
                &toml::to_string(&table).unwrap(),
            );
        }
    }
}

/// A person who types one text at one question, takes the default when asked there again, takes all other defaults,
/// skips optional questions, and cancels if nothing else is possible.
struct Typist {
    at: String,
    text: &'static str,
    /// The suggestion of the question before the text was typed: refused text is offered for correction.
    offered: Option<Option<AnswerValue>>,
    asked: Vec<String>,
}

impl Asker for Typist {
    fn ask(&mut self, prompt: &Prompt) -> Result<Reply, AskError> {
        self.asked.push(prompt.key.to_string());
        assert!(
            self.asked.len() < 200,
            "asked for ever at {}: {:?}",
            prompt.key,
            prompt.problem
        );
        let here = self.at == prompt.key.to_string();
        if here && self.offered.is_none() {
            self.offered = Some(prompt.default.clone());
            return Ok(Reply::Answer(AnswerValue::text(self.text)));
        }
        let default = match &self.offered {
            Some(offered) if here => offered.clone(),
            _ => prompt.default.clone(),
        };
        match default {
            Some(default) => Ok(Reply::Answer(default)),
            None if prompt.optional => Ok(Reply::Skip),
            None => Err(AskError::Interrupted),
        }
    }
}

/// The answers, and the keys of the questions that were asked.
fn typed(at: &str, text: &'static str) -> (Result<Answers, InterviewError>, Vec<String>) {
    let mut person = Typist {
        at: at.to_owned(),
        text,
        offered: None,
        asked: Vec::new(),
    };
    let answers = run(Answers::default(), Some(&estate()), &mut person, Mode::Ask);
    (answers, person.asked)
}

#[test]
fn a_person_who_types_it_is_asked_again_or_means_it() {
    let (_, asked) = typed("nowhere", "");
    assert!(asked.len() > 8, "{asked:?}");
    let (mut judged, mut seen) = (0, BTreeSet::new());
    for key in &asked {
        for text in HOSTILE {
            let what = format!("typed at {key}: {text:?}");
            match typed(key, text).0 {
                Ok(answers) => {
                    // After a refused text the default is taken, which gives the same spec many times.
                    let text = answers.to_toml();
                    if !seen.contains(&text) {
                        judge(&what, &text);
                        seen.insert(text);
                    }
                }
                // The typed text was accepted and left a question without a suggestion.
                Err(InterviewError::Ask(AskError::Interrupted)) => continue,
                Err(InterviewError::Unfit(lines)) => assert!(
                    lines.iter().all(|line| line.contains(key.as_str())),
                    "{what}: {lines:?}"
                ),
                Err(other) => panic!("{what}: {other}"),
            }
            judged += 1;
        }
    }
    assert!(judged > asked.len() * HOSTILE.len() / 2, "{judged}");
}
