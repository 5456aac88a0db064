//! The whole pipeline of an audit: read, assemble, enrich, judge, and write in every format. For any text, it must
//! return soon, with places that exist and reports that cannot manipulate a terminal.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rdsproxy_gen::domain::blueprint::Blueprint;
use rdsproxy_gen::domain::evidence::Origin;
use rdsproxy_gen::domain::finding::Report;
use rdsproxy_gen::domain::limits::Limits;
use rdsproxy_gen::domain::posture::Posture;
use rdsproxy_gen::domain::snapshot::Snapshot;
use rdsproxy_gen::domain::spec::{NamedText, Spec};
use rdsproxy_gen::domain::visible::shown;
use rdsproxy_gen::domain::{demo, policy};
use rdsproxy_gen::language::cloudformation::CloudFormationFiles;
use rdsproxy_gen::language::resource::Document;
use rdsproxy_gen::language::terraform::{FolderSigns, TerraformFiles};
use rdsproxy_gen::language::{cloudformation, plan, terraform};
use rdsproxy_gen::report::{Audit, AuditFormat, Checked, FORMATS, Judged, Screen, Skipped};
use rdsproxy_gen::rewrite::comments::ignore_comments;
use rdsproxy_gen::rewrite::metadata::ignore_metadata;
use rdsproxy_gen::rewrite::secrecy::Secrecy;
use rdsproxy_gen::rules::RULES;
use rdsproxy_gen::source::assemble::{assemble, enrich};
use rdsproxy_gen::source::snapshot;

use super::targets::Files;

/// The number of judged proxies, or the violated invariant.
pub(super) type Seen = Result<usize, String>;

/// An error describes the violated invariant.
type Broken = Result<(), String>;

/// Tests a Terraform root module; `vars` are given on the command line.
pub(super) fn modules(files: &Files, vars: &BTreeMap<String, String>) -> Seen {
    let signs = [(String::new(), FolderSigns::new(files))].into();
    terraform::roots(&signs);
    files
        .iter()
        .for_each(|(path, text)| drop(terraform::named_files(path, text, "")));
    masked(files)?;
    audited(&module(files, vars), files)
}

fn module(files: &Files, vars: &BTreeMap<String, String>) -> Document {
    terraform::read(&TerraformFiles {
        root: String::new(),
        files: files.clone(),
        var_files: files
            .keys()
            .filter(|path| path.ends_with(".tfvars"))
            .cloned()
            .collect(),
        vars: vars.clone(),
        ..TerraformFiles::default()
    })
}

/// Tests a plan or a state.
pub(super) fn plan(text: &str) -> Seen {
    plan::is_plan_or_state(text);
    audited(&plan::read("0.json", text), &Files::new())
}

/// Tests a policy file: its problems have places.
pub(super) fn policy(text: &str) -> Seen {
    let file = NamedText {
        file: "0.toml",
        text,
    };
    if let Err(error) = policy::policy(&file, &["debug-logging-on", "client-tls-not-required"]) {
        for problem in error.0 {
            let lines = text.split('\n').count();
            let line = usize::try_from(problem.origin.line).unwrap_or(usize::MAX);
            if line == 0 || line > lines {
                return Err(format!("no such place: {}", problem.origin));
            }
        }
    }
    Ok(0)
}

/// Tests waivers in every language that has them: each has a place and an existing scope.
pub(super) fn waivers(text: &str) -> Seen {
    let lines = text.split('\n').count();
    for path in ["0.json", "0.yaml", "0.tf", "0.tf.json"] {
        let found = ignore_comments(path, text);
        for waiver in found.into_iter().chain(ignore_metadata(path, text)) {
            let (first, last) = (waiver.scope.start(), waiver.scope.end());
            let line = usize::try_from(last.0.max(waiver.place.0)).unwrap_or(usize::MAX);
            if first > last || waiver.place.0 == 0 || line > lines {
                return Err(format!("no such place in {path}: {waiver:?}"));
            }
        }
    }
    Ok(0)
}

/// Tests templates side by side, the first one also as a parameter file.
pub(super) fn templates(templates: &[String]) -> Seen {
    for text in templates {
        cloudformation::is_template(text);
    }
    let files = numbered(templates);
    masked(&files)?;
    audited(&stacks(&files), &files)
}

/// Masking keeps the number of lines and leaves nothing to mask.
fn masked(files: &Files) -> Broken {
    let secrecy = secrecy(files);
    for (path, text) in files {
        let shown = secrecy.shown(path, text);
        if shown.shown().split('\n').count() != text.split('\n').count() {
            return Err(format!("{path} has other lines once it is masked"));
        }
        let left = secrecy.secrets().places(shown.shown());
        if let Some(range) = left.first() {
            return Err(format!("{path} shows {:?}", &shown.shown()[range.clone()]));
        }
    }
    Ok(())
}

fn secrecy(files: &Files) -> Secrecy {
    let texts = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    Secrecy::new(texts.collect(), &BTreeMap::new())
}

fn numbered(templates: &[String]) -> Files {
    let numbers = templates.iter().enumerate();
    numbers
        .map(|(number, text)| (format!("{number}.yaml"), text.clone()))
        .collect()
}

fn stacks(files: &Files) -> Document {
    let first = &files["0.yaml"];
    cloudformation::read(&CloudFormationFiles {
        templates: files.clone(),
        includes: Files::new(),
        parameters: cloudformation::read_parameters("0.yaml", first).unwrap_or_default(),
        ..CloudFormationFiles::default()
    })
}

/// The full report on a root module.
pub(super) fn said_of_modules(files: &Files) -> String {
    said(&module(files, &BTreeMap::new()), files)
}

/// The full report on templates.
pub(super) fn said_of_templates(templates: &[String]) -> String {
    let files = numbered(templates);
    said(&stacks(&files), &files)
}

/// Reports as text and JSON; the other formats have the same content.
fn said(document: &Document, files: &Files) -> String {
    let posture = assemble(std::slice::from_ref(document));
    let audit = audit(&posture, document, files);
    let look = Screen {
        width: 200,
        colours: false,
    };
    FORMATS[..2]
        .iter()
        .map(|format| written(format, &audit, look).unwrap())
        .collect()
}

/// The output of a format.
fn written(format: &AuditFormat, audit: &Audit, look: Screen) -> Result<String, String> {
    let mut text = Vec::new();
    format
        .write(audit, look, &mut text)
        .map_err(|error| error.to_string())?;
    String::from_utf8(text).map_err(|error| error.to_string())
}

/// Tests a saved account: alone, and beside code.
pub(super) fn snapshot(text: &str) -> Seen {
    let Ok(snapshot) = Snapshot::parse(text, "snapshot.json") else {
        return Ok(0);
    };
    let account = snapshot::read(&snapshot);
    audited(&account, &Files::new())?;
    let mut posture = assemble(&[code()]);
    enrich(&mut posture, &account);
    reported(&posture, &account, &Files::new())
}

/// Code of a proxy to which any account can contribute.
fn code() -> Document {
    let text = include_str!("seeds/terraform/main.tf").to_owned();
    terraform::read(&TerraformFiles::new(
        "",
        [("main.tf".to_owned(), text)].into(),
    ))
}

/// Tests a spec up to the verdicts on its blueprint.
pub(super) fn spec(text: &str) -> Seen {
    let spec = match Spec::parse(text, "rdsproxy.toml") {
        Ok(spec) => spec,
        Err(error) => return harmless("the refusal", &error.to_string()).map(|()| 0),
    };
    match Blueprint::harden(&spec) {
        Ok(blueprint) => reported(&blueprint.posture(), &Document::default(), &Files::new()),
        Err(error) => harmless("the refusal", &error.to_string()).map(|()| 0),
    }
}

/// An account that is combined with every document.
static ACCOUNT: LazyLock<Document> = LazyLock::new(|| snapshot::read(&demo::account().unwrap()));

fn audited(document: &Document, files: &Files) -> Seen {
    let resources = document.resources.iter().map(|resource| &resource.origin);
    let problems = document.problems.iter().map(|(_, origin)| origin);
    for origin in resources.chain(problems) {
        exists(origin, files)?;
    }
    let documents = std::slice::from_ref(document);
    let mut posture = assemble(documents);
    posture.facts();
    reported(&posture, document, files)?;
    enrich(&mut posture, &ACCOUNT);
    reported(&posture, document, files)
}

/// The end of the text may be reported as the line after the last one.
fn exists(origin: &Origin, files: &Files) -> Broken {
    let Some(text) = files.get(&origin.file) else {
        return Ok(());
    };
    let line = origin.line as usize;
    if line <= text.lines().count() + 1 {
        Ok(())
    } else {
        Err(format!("{origin} is not there"))
    }
}

fn reported(posture: &Posture, document: &Document, files: &Files) -> Seen {
    let audit = audit(posture, document, files);
    for origin in audit
        .proxies
        .iter()
        .flat_map(|proxy| &proxy.report.findings)
        .map(|finding| &finding.origin)
    {
        exists(origin, files)?;
    }
    // A proxy in the unbroken file of a case is always found, so it does not count.
    let broken = audit
        .proxies
        .iter()
        .filter(|proxy| !proxy.origin.file.starts_with("1."));
    let length: usize = files.values().map(String::len).sum();
    let chosen = length % FORMATS.len();
    let width = [20, 80, 200][length / FORMATS.len() % 3];
    for (number, format) in FORMATS.iter().enumerate() {
        // The fuzzer reaches the other formats with other inputs.
        if !cfg!(test) && number != chosen {
            continue;
        }
        for colours in [false, true] {
            let look = Screen { width, colours };
            let text = written(format, &audit, look)?;
            if !colours {
                harmless(format.id, &text)?;
            }
        }
    }
    Ok(broken.count())
}

fn audit(posture: &Posture, document: &Document, files: &Files) -> Audit {
    let judge = |proxy: &rdsproxy_gen::domain::posture::Proxy| {
        let mut report = Report::default();
        RULES
            .iter()
            .for_each(|rule| report.extend(rule.judge(proxy, &Limits::SERVICE)));
        Judged::new(proxy.clone(), Some(String::new()), report).without_repetitions()
    };
    let skipped = document.problems.iter().map(|(reason, origin)| Skipped {
        origin: origin.clone(),
        reason: reason.clone(),
    });
    let secrecy = secrecy(files);
    Audit {
        proxies: posture.proxies.iter().map(judge).collect(),
        rules: RULES.iter().map(|rule| &rule.info).collect(),
        checked: Checked {
            files: files.len(),
            ..Checked::default()
        },
        skipped: skipped.collect(),
        texts: files
            .iter()
            .map(|(path, text)| (path.clone(), secrecy.shown(path, text)))
            .collect(),
        secrets: secrecy.secrets().clone(),
    }
}

/// Foreign text must not move the cursor, colour the screen, reverse the reading direction or hide anything.
fn harmless(what: &str, text: &str) -> Broken {
    if shown(text) == text {
        Ok(())
    } else {
        Err(format!("{what} holds what is not shown: {:?}", shown(text)))
    }
}
