//! A fixture: the files, the arguments and the labels of one case. The format of its text is described in [`super`].

use std::collections::{BTreeMap, BTreeSet};

use rdsproxy_gen::rules::RULES;

/// A parsed fixture.
#[derive(Debug, Default)]
pub(super) struct Fixture {
    /// The description of the case.
    pub(super) about: String,
    /// Texts by path, without the names of lines.
    pub(super) files: BTreeMap<String, String>,
    /// The arguments of `audit`.
    pub(super) arguments: Vec<String>,
    /// The expected reports.
    pub(super) labels: Vec<Label>,
    /// The files that cannot be read, as `file:line`.
    pub(super) skipped: BTreeSet<String>,
}

/// One expected report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    /// The address of the proxy; `root//address` if there are several roots.
    pub(super) address: String,
    pub(super) rule: String,
    pub(super) verdict: String,
    /// The expected place as `file:line`, or none.
    pub(super) place: Option<String>,
    /// Words that the message must contain.
    pub(super) words: String,
}

/// The line numbers by `file@name`.
type Names = BTreeMap<String, usize>;

impl Fixture {
    /// Parses a fixture.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut sections = text.split("\n=== ");
        let mut fixture = Self {
            about: sections.next().unwrap_or_default().replace('\n', " "),
            ..Self::default()
        };
        let mut names = Names::new();
        let mut expected = None;
        for section in sections {
            let (title, body) = section.split_once('\n').unwrap_or((section, ""));
            match title.trim() {
                "arguments" => fixture.arguments = words(body),
                "expected" => expected = Some(body),
                "skipped" => fixture.skipped = words(body).into_iter().collect(),
                path => {
                    let text = without_names(path, body, &mut names)?;
                    if fixture.files.insert(path.to_owned(), text).is_some() {
                        return Err(format!("{path} stands there twice"));
                    }
                }
            }
        }
        let expected = expected.ok_or("nothing is expected")?;
        fixture.labels = labels(expected, &names)?;
        fixture.skipped = fixture
            .skipped
            .iter()
            .map(|place| resolved(place, &names))
            .collect::<Result<_, _>>()?;
        Ok(fixture)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// The text as the audit reads it, without the names of lines.
fn without_names(path: &str, body: &str, names: &mut Names) -> Result<String, String> {
    let mut text = String::new();
    for (index, line) in body.lines().enumerate() {
        let (code, name) = line.rsplit_once("#@").unwrap_or((line, ""));
        text.push_str(if name.is_empty() {
            line
        } else {
            code.trim_end()
        });
        text.push('\n');
        let name = format!("{path}@{}", name.trim());
        if !name.ends_with('@') && names.insert(name.clone(), index + 1).is_some() {
            return Err(format!("{name} names two lines"));
        }
    }
    Ok(text)
}

fn labels(expected: &str, names: &Names) -> Result<Vec<Label>, String> {
    let lines: Vec<&str> = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    match lines[..] {
        [] => Err("nothing is expected".to_owned()),
        ["none"] => Ok(Vec::new()),
        _ => lines.into_iter().map(|line| label(line, names)).collect(),
    }
}

fn label(line: &str, names: &Names) -> Result<Label, String> {
    let (fields, said) = line.split_once(" : ").unwrap_or((line, ""));
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let (&[address, rule, verdict], place) = fields
        .split_first_chunk::<3>()
        .ok_or_else(|| format!("too few words: {line}"))?;
    if !RULES.iter().any(|known| known.info.id == rule) {
        return Err(format!("no such rule: {line}"));
    }
    if !["pass", "fail", "undetermined"].contains(&verdict) {
        return Err(format!("no such verdict: {line}"));
    }
    let place = match place {
        [] | ["-"] => None,
        [place] => Some(resolved(place, names)?),
        _ => return Err(format!("too many words: {line}")),
    };
    Ok(Label {
        address: address.to_owned(),
        rule: rule.to_owned(),
        verdict: verdict.to_owned(),
        place,
        words: said.trim().to_owned(),
    })
}

/// Resolves `main.tf@name` to `main.tf:3`.
fn resolved(place: &str, names: &Names) -> Result<String, String> {
    match place.split_once('@') {
        None => Ok(place.to_owned()),
        Some((file, _)) => names
            .get(place)
            .map(|line| format!("{file}:{line}"))
            .ok_or_else(|| format!("no line is called {place}")),
    }
}
