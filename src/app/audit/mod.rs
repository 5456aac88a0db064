//! Reads code or an account and reports the verdict of every rule for every proxy.

mod account;
mod fix;
mod given;
mod groups;
mod since;
mod templates;

pub(super) mod inputs;
mod variants;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use self::fix::Repairs;
use self::given::GivenInputs;
use self::groups::AssembledProxy;
use self::inputs::AuditInputs;
use super::CommandError;
use super::account::load;
use super::projects::Projects;
use super::reach::Reach;
use super::suppression::AllowanceRequest;
use crate::domain::finding::Report;
use crate::domain::limits::Limits;
use crate::domain::posture::{Posture, Proxy};
use crate::domain::secrecy::{MaskedText, Secrets};
use crate::domain::snapshot::Snapshot;
use crate::io::account::AccountSource;
use crate::io::parallel;
use crate::io::terminal::{self, Colours};
use crate::language::Texts;
use crate::language::resource::Document;
use crate::report::{Audit, AuditFormat, Judged, Skipped, patch};
use crate::rewrite::secrecy::Secrecy;
use crate::rules::{RULES, WAIVER_RULES, infos};
use crate::source::assemble::enrich;
use crate::source::snapshot;

/// The files and accounts to audit, and the way to do it.
#[derive(Clone, Debug)]
pub struct AuditRequest {
    /// The folders and files; without any, the account alone is audited.
    pub paths: Vec<PathBuf>,
    /// Files of values of Terraform variables; the last one wins.
    pub var_file: Vec<PathBuf>,
    /// True if each root module is audited once with each file of values below it.
    pub each_var_file: bool,
    /// Values of Terraform variables, as `NAME=VALUE`.
    pub var: Vec<String>,
    /// The file of values of CloudFormation parameters.
    pub parameters: Option<PathBuf>,
    /// True if what has only one right text is fixed in place.
    pub fix: bool,
    /// True if fixes are only shown.
    pub dry_run: bool,
    /// The git revision whose findings are not reported again.
    pub since: Option<String>,
    /// The limits within which files are followed.
    pub reach: Reach,
    /// The policy and the findings that a team accepted.
    pub allowances: AllowanceRequest,
    /// The account to read.
    pub account: AccountSource,
    /// The format of the report: it decides whether fixes are computed, and how many proxies it holds.
    pub format: &'static AuditFormat,
}

/// Audits the paths or the account, and writes fixes if requested.
///
/// # Errors
/// When a path does not exist, a given file cannot be used, or nothing at all could be read.
pub fn run(request: &AuditRequest) -> Result<Audit, CommandError> {
    let snapshot = load(&request.account)?;
    if request.fix && !request.dry_run {
        fix::complete_earlier(&request.paths)?;
    }
    let mut given = GivenInputs::new(request)?;
    given.known = since::known(request, &given, snapshot.as_ref())?;
    let run = AuditRun {
        request,
        given: &given,
        snapshot: snapshot.as_ref(),
    };
    let (mut audit, secrecy) = audit(run, &Texts::new())?;
    let format = request.format;
    format.holds(&audit).map_err(CommandError::input)?;
    if request.fix {
        audit = mended(run, audit, &secrecy)?;
    } else if format.carries_edits() && !request.paths.is_empty() {
        let mut repairs = Repairs::new(&audit, &request.paths, &given.boundary)?;
        repairs.prove(&audit, |edited| Ok(self::audit(run, edited)?.0));
        repairs.mark(&mut audit);
    }
    Ok(audit)
}

/// The inputs of one audit.
#[derive(Clone, Copy)]
struct AuditRun<'a> {
    request: &'a AuditRequest,
    given: &'a GivenInputs,
    /// The account, if there is one.
    snapshot: Option<&'a Snapshot>,
}

/// Runs the audit and returns it with the secrets of all inputs. Edited texts replace those on disk.
fn audit(run: AuditRun<'_>, edited: &Texts) -> Result<(Audit, Secrecy), CommandError> {
    let (request, given, snapshot) = (run.request, run.given, run.snapshot);
    let account = snapshot.map(snapshot::read);
    if request.paths.is_empty() {
        account::refuse_blindness(snapshot)?;
    }
    let view = match &account {
        Some(account) if request.paths.is_empty() => AuditInputs::of_account(account.clone()),
        _ => AuditInputs::of_files(request, given, edited)?,
    };
    let enriching = account.as_ref().filter(|_| !request.paths.is_empty());
    let nothing_read = view.is_dark();
    let left_out = view.left_out();
    let mut accepting = request.allowances.load()?;
    accepting.known.extend(given.known.clone());
    let places = view.checked.roots.iter().chain(&view.checked.templates);
    let places = places.map(String::as_str);
    let projects = Projects::around(places, &request.paths, &given.boundary);
    request
        .allowances
        .add_projects(&mut accepting, projects.folders())?;
    let completed = |posture: &mut Posture| {
        projects.complete(posture, snapshot);
        if let Some(account) = enriching {
            enrich(posture, account);
        }
    };
    let secrecy = view.secrecy(given, snapshot)?;
    let mut proxies = judged(view.documents, completed, &accepting.policy.limits);
    if let Some(snapshot) = snapshot.filter(|_| request.paths.is_empty()) {
        account::name(&mut proxies, snapshot);
    }
    say_no_secret(&mut proxies, secrecy.secrets());
    if proxies.is_empty() && nothing_read {
        return Err(nothing_readable(&view.skipped, secrecy.secrets()));
    }
    let mut skipped: Vec<Skipped> = view.skipped.into_iter().collect();
    skipped.extend(left_out);
    skipped.extend(projects.problems);
    skipped.extend(account::skipped(snapshot));
    if request.allowances.comments_count() {
        accepting.read_comments(&view.texts, &mut skipped);
    }
    accepting.apply(&mut proxies);
    if request.allowances.compares() && edited.is_empty() {
        // stderr may be closed; ignore the error.
        let _ = terminal::note(&gone(accepting.gone()));
    }
    let mut checked = view.checked;
    checked.account =
        snapshot.map(|snapshot| format!("{} in {}", snapshot.account_id, snapshot.region));
    let audit = Audit {
        texts: shown(&proxies, &view.texts, &secrecy),
        secrets: secrecy.secrets().clone(),
        proxies,
        rules: infos().chain(WAIVER_RULES.iter().copied()).collect(),
        checked,
        skipped,
    };
    Ok((audit, secrecy))
}

/// Masks secrets in messages. Messages are part of the fingerprint, from which a secret could be guessed.
fn say_no_secret(proxies: &mut [Judged], secrets: &Secrets) {
    let reports = proxies.iter_mut().map(|proxy| &mut proxy.report);
    for finding in reports.flat_map(|report| &mut report.findings) {
        secrets.mask(&mut finding.message);
    }
}

/// Returns the texts that findings refer to, with their secrets masked.
fn shown(proxies: &[Judged], texts: &Texts, secrecy: &Secrecy) -> BTreeMap<String, MaskedText> {
    let mut files: BTreeSet<&str> = BTreeSet::new();
    for Judged { origin, report, .. } in proxies {
        let findings = report.findings.iter().map(|finding| &finding.origin);
        let open = report.undetermined.iter();
        let open = open.filter_map(|open| open.origin.as_ref());
        let origins = findings.chain(open).chain([origin]);
        for origin in origins {
            files.insert(&origin.file);
            // The fix may belong where the chain of references ends.
            let end = origin.via.last().and_then(|step| step.rsplit_once(':'));
            files.extend(end.map(|(file, _)| file));
        }
    }
    let known = texts
        .iter()
        .filter(|(file, _)| files.contains(file.as_str()));
    let known: Vec<(&String, &String)> = known.collect();
    let masked = parallel::map(&known, |(file, text)| secrecy.shown(file, text));
    let files = known.iter().map(|(file, _)| (*file).clone());
    files.zip(masked).collect()
}

/// Applies all certain fixes and returns the audit afterwards. Nothing is written until an audit of the edited texts
/// confirms the fixes.
fn mended(run: AuditRun<'_>, mut before: Audit, secrecy: &Secrecy) -> Result<Audit, CommandError> {
    let request = run.request;
    let mut repairs = Repairs::new(&before, &request.paths, &run.given.boundary)?;
    let after = repairs.prove(&before, |edited| Ok(audit(run, edited)?.0));
    let diff = patch::painted(&repairs.diff(secrecy));
    let told = secrecy.secrets().said(&repairs.summary(request.dry_run));
    let told = format!("{diff}{told}");
    // stderr may be closed; ignore the error.
    let _ = terminal::painted_note(&told, Colours::Ours);
    match after {
        Some(after) if !request.dry_run => {
            repairs.write(&request.paths)?;
            Ok(after)
        }
        _ => {
            repairs.mark(&mut before);
            Ok(before)
        }
    }
}

/// Returns the note about baseline findings that no longer occur.
fn gone(number: usize) -> String {
    match number {
        0 => "baseline: everything in it is still there\n".to_owned(),
        number => format!(
            "baseline: {number} of its findings are gone; write it anew to keep them away\n"
        ),
    }
}

fn nothing_readable(skipped: &BTreeSet<Skipped>, secrets: &Secrets) -> CommandError {
    let reasons: Vec<String> = skipped
        .iter()
        .map(|skipped| format!("\n  {}: {}", skipped.origin, secrets.said(&skipped.reason)))
        .collect();
    CommandError::input(format!("nothing could be read:{}", reasons.concat()))
}

/// The number of proxies that are judged together.
const BATCH: usize = 64;

/// Judges every proxy by the rules after all facts were added; sorted by address.
fn judged(
    documents: Vec<(Document, Option<String>)>,
    completed: impl Fn(&mut Posture),
    limits: &Limits,
) -> Vec<Judged> {
    // The documents are freed before the rules run.
    let groups = groups::groups(documents).into_iter();
    let made: Vec<AssembledProxy> = groups.flat_map(|group| group.proxies(&completed)).collect();
    let mut proxies = Vec::with_capacity(made.len());
    let mut made = made.into_iter();
    while made.len() > 0 {
        // A proxy is freed once its batch is judged: it is larger than what is reported about it.
        let batch: Vec<AssembledProxy> = made.by_ref().take(BATCH).collect();
        let reports = parallel::map(&batch, |made| report(&made.proxy, limits));
        let judged = batch.into_iter().zip(reports);
        proxies.extend(judged.map(|(made, report)| named(made, report)));
    }
    shorten(&mut proxies);
    proxies.sort_by(|one, other| {
        let key = |proxy: &Judged| {
            (
                proxy.address.clone(),
                proxy.origin.clone(),
                proxy.root.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    proxies
}

/// Removes the file prefix from addresses that are unique without it. The prefix distinguishes templates that share a
/// logical id.
fn shorten(proxies: &mut [Judged]) {
    let short = |proxy: &Judged| {
        let file = format!("{}:", proxy.origin.file);
        proxy.address.strip_prefix(&file).map(str::to_owned)
    };
    let mut shorts: BTreeMap<String, usize> = BTreeMap::new();
    for proxy in proxies.iter() {
        let address = short(proxy).unwrap_or_else(|| proxy.address.clone());
        *shorts.entry(address).or_default() += 1;
    }
    for proxy in proxies {
        if let Some(address) = short(proxy).filter(|address| shorts.get(address) == Some(&1)) {
            proxy.rename(address);
        }
    }
}

/// Returns the verdicts of all rules for a proxy.
fn report(proxy: &Proxy, limits: &Limits) -> Report {
    let mut report = Report::default();
    for rule in RULES {
        report.extend(rule.judge(proxy, limits));
    }
    report.shrink();
    report
}

/// Attaches the root module to each proxy, since two root modules may use the same addresses.
fn named(made: AssembledProxy, report: Report) -> Judged {
    let (root, file) = variants::parts(made.root);
    let mut judged = Judged::new(made.proxy, root, report).without_repetitions();
    if let Some(file) = file {
        judged.rename(format!("{} with {file}", judged.address));
    }
    judged
}
