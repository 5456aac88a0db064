//! `--fix`: applies fixes with exactly one correct text, shows every changed line, and writes nothing that an audit
//! of the edited texts does not confirm. `source::edit` computes the edits.

mod proof;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use self::proof::blamed;
pub(super) use self::write::complete_earlier;
use crate::app::CommandError;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Edit, Finding, RuleInfo};
use crate::io::boundary::Boundary;
use crate::io::walk;
use crate::language::Texts;
use crate::render;
use crate::report::patch::unified;
use crate::report::{Audit, Judged};
use crate::rewrite::edit::{Editable, applied, is_generated};
use crate::rewrite::secrecy::Secrecy;

/// Findings that can be fixed, and those that cannot.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    /// The edits, each with the finding that it fixes.
    repairs: Vec<Repair>,
    /// The text of each changed file: before and after.
    files: BTreeMap<String, (String, String)>,
    /// Findings that cannot be fixed, with their place and the reason.
    left: BTreeSet<String>,
    /// Changed files that are generated from other code.
    generated: BTreeSet<String>,
}

/// Edits, and the finding that they fix.
#[derive(Clone, Debug)]
struct Repair {
    rule: &'static str,
    subject: String,
    root: Option<String>,
    fingerprint: String,
    origin: Origin,
    /// The file that the edits change.
    file: String,
    edits: Vec<Edit>,
}

/// A file and its edits.
type Edits = (String, Vec<Edit>);

impl Repairs {
    /// Collects every certain edit. Only files below the given paths are edited, but not modules outside of them,
    /// files that git ignores, targets of links, or downloaded files.
    pub(super) fn new(
        audit: &Audit,
        paths: &[PathBuf],
        boundary: &Boundary,
    ) -> Result<Self, CommandError> {
        let mut repairs = Self::default();
        let mut fix_files = FixFiles {
            audit,
            own: walk::own_files(paths, boundary).map_err(CommandError::environment)?,
            waived: waived(audit),
            sources: BTreeMap::new(),
        };
        for proxy in &audit.proxies {
            let findings = proxy.report.findings.iter();
            let wanted = findings.filter(|finding| {
                finding.accepted.is_none()
                    && finding.rule.links.mending.is_some()
                    && !is_told_by_another(finding, proxy)
            });
            for finding in wanted {
                repairs.add(proxy, finding, fix_files.edits(finding));
            }
        }
        repairs.apply(audit);
        Ok(repairs)
    }

    fn add(&mut self, proxy: &Judged, finding: &Finding, edits: Result<Edits, String>) {
        match edits {
            Ok((file, edits)) => self.repairs.push(Repair {
                rule: finding.rule.id,
                subject: finding.subject.clone(),
                root: proxy.root.clone(),
                fingerprint: finding.fingerprint(proxy.root.as_deref()),
                origin: finding.origin.clone(),
                file,
                edits,
            }),
            Err(reason) => self.leave(&finding.origin, &reason, finding.rule.id),
        }
    }

    fn leave(&mut self, origin: &Origin, reason: &str, rule: &str) {
        self.left.insert(format!("{origin}: {reason} [{rule}]"));
    }

    /// Computes the edited texts.
    fn apply(&mut self, audit: &Audit) {
        let mut edits: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        for repair in &self.repairs {
            let file = edits.entry(&repair.file).or_default();
            file.extend(repair.edits.iter().cloned());
        }
        let files = edits.into_iter().filter_map(|(file, edits)| {
            let text = audit.texts.get(file)?.text();
            let after = formatted(file, text, applied(text, &edits));
            Some((file.to_owned(), (text.to_owned(), after)))
        });
        self.files = files.collect();
        let files = self.files.iter();
        let generated = files.filter(|(file, (before, _))| is_generated(file, before));
        self.generated = generated.map(|(file, _)| file.clone()).collect();
    }

    /// Returns the audit of the edited texts once it confirms all fixes without other effects. Edits that it rejects
    /// are removed and reported for manual work.
    pub(super) fn prove(
        &mut self,
        before: &Audit,
        audit: impl Fn(&Texts) -> Result<Audit, CommandError>,
    ) -> Option<Audit> {
        while !self.files.is_empty() {
            let texts = self.files.iter();
            let edited = texts.map(|(file, (_, after))| (file.clone(), after.clone()));
            let after = audit(&edited.collect());
            let blamed = match &after {
                Ok(after) => blamed(before, after, &self.repairs),
                Err(_) => (0..self.repairs.len()).collect(),
            };
            if blamed.is_empty() {
                return after.ok();
            }
            let mut index = 0..;
            let (bad, good) = std::mem::take(&mut self.repairs)
                .into_iter()
                .partition(|_| index.next().is_some_and(|index| blamed.contains(&index)));
            self.repairs = good;
            self.give_up(bad);
            self.apply(before);
        }
        None
    }

    fn give_up(&mut self, repairs: Vec<Repair>) {
        for repair in repairs {
            let reason = "an audit of the edited text does not find it mended: mend it by hand";
            self.leave(&repair.origin, reason, repair.rule);
        }
    }

    /// Attaches the edits to each finding, for formats that contain them.
    pub(super) fn mark(self, audit: &mut Audit) {
        let repairs = self.repairs.into_iter();
        let mut edits: BTreeMap<(String, Origin), Edits> = repairs
            .map(|repair| {
                let key = (repair.fingerprint, repair.origin);
                (key, (repair.file, repair.edits))
            })
            .collect();
        for proxy in &mut audit.proxies {
            let root = proxy.root.clone();
            for finding in &mut proxy.report.findings {
                let key = (finding.fingerprint(root.as_deref()), finding.origin.clone());
                let (file, edits) = edits.remove(&key).unwrap_or_default();
                finding.mended_in =
                    (!edits.is_empty() && file != finding.origin.file).then_some(file);
                finding.edits = edits;
            }
        }
    }

    /// Returns the changed lines in the format of `diff -u`.
    pub(super) fn diff(&self, secrecy: &Secrecy) -> String {
        let diffs = self.files.iter().map(|(file, (before, after))| {
            let texts = [before, after].map(|text| secrecy.shown(file, text));
            unified([file, file], [&texts[0], &texts[1]], 2)
        });
        diffs.collect()
    }

    /// Lists the fixes, and the findings that need manual work.
    pub(super) fn summary(&self, is_dry: bool) -> String {
        let word = if is_dry { "could be mended" } else { "mended" };
        let number = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            more => format!("{more} {what}s"),
        };
        let mut text = format!(
            "{} in {} {word}\n",
            number(self.faults(), "finding"),
            number(self.files.len(), "file")
        );
        if !self.left.is_empty() {
            text.push_str("Not mended:\n");
        }
        for line in &self.left {
            text.push_str(&format!("  - {line}\n"));
        }
        if !self.generated.is_empty() {
            text.push_str("Generated, so that the next synthesis undoes it (mend the code that it comes from, too):\n");
        }
        for file in &self.generated {
            text.push_str(&format!("  - {file}\n"));
        }
        text
    }

    /// Returns the number of fixed findings as a report counts them: a finding that several proxies share counts
    /// once.
    fn faults(&self) -> usize {
        let repairs = self.repairs.iter();
        let places = repairs.map(|repair| {
            let Origin {
                file, line, column, ..
            } = &repair.origin;
            (repair.rule, file, line, column)
        });
        places.collect::<BTreeSet<_>>().len()
    }
}

/// Aligns an edited HCL file, comments included, if it was aligned by `terraform fmt` before. Other files keep their
/// format.
fn formatted(file: &str, before: &str, after: String) -> String {
    let is_hcl = file.ends_with(".tf") || file.ends_with(".tofu");
    if is_hcl && !before.contains('\r') && render::aligned(before) == before {
        return render::aligned(&after);
    }
    after
}

/// True for the second of two findings with one cause: if the proxy does not require TLS, two rules fail at one
/// place.
fn is_told_by_another(finding: &Finding, proxy: &Judged) -> bool {
    finding.rule.links.cause.is_some_and(|cause| {
        let mut others = proxy.report.findings.iter();
        others.any(|other| other.rule.id == cause && other.origin == finding.origin)
    })
}

/// The files in view, each parsed once for all findings in it.
struct FixFiles<'a> {
    audit: &'a Audit,
    own: BTreeSet<String>,
    waived: BTreeSet<Ruled<'a>>,
    sources: BTreeMap<&'a str, Result<Editable<'a>, String>>,
}

impl<'a> FixFiles<'a> {
    fn edits(&mut self, finding: &'a Finding) -> Result<Edits, String> {
        let origin = &finding.origin;
        let text = self.audit.texts.get(&origin.file);
        let text = text
            .filter(|_| origin.line > 0)
            .ok_or("there is no source to edit")?;
        if self.waived.contains(&ruled(finding)) {
            return Err("the same code makes a proxy that is allowed to stay as it is".to_owned());
        }
        if let Some((file, line)) = self.caller(origin, text.text()) {
            return self.edits_of_caller(finding.rule, file, line);
        }
        let (line, column) = (origin.line, origin.column);
        let source = self.source(&origin.file)?;
        let edits = match &finding.named_user {
            Some(user) => source.with_user(user, line, column),
            None => source.edits(finding.rule, line, column),
        };
        Ok((origin.file.clone(), edits?))
    }

    /// Returns the place where a value is set that a module only passes on. The edit belongs to the caller, since
    /// other callers may pass another value.
    fn caller(&self, origin: &'a Origin, text: &str) -> Option<(&'a str, u32)> {
        let (given, way) = origin.via.split_last()?;
        let from_outside = |step: &String| {
            let mut words = ["module.", "inputs."].iter();
            words.any(|word| step.starts_with(word))
        };
        let here = text.lines().nth(usize::try_from(origin.line).ok()? - 1)?;
        let column = usize::try_from(origin.column).ok()? - 1;
        let written: String = here.chars().skip(column).collect();
        let written = written.split(['#', '/']).next().unwrap_or_default().trim();
        let (file, line) = given.rsplit_once(':')?;
        let hands_on = way.first().is_some_and(|step| step == written);
        let is_known = self.audit.texts.contains_key(file);
        let place = (file, line.parse().ok()?);
        (hands_on && is_known && way.iter().any(from_outside)).then_some(place)
    }

    fn edits_of_caller(
        &mut self,
        rule: &RuleInfo,
        file: &'a str,
        line: u32,
    ) -> Result<Edits, String> {
        let by_hand =
            |why: &str| format!("the caller of the module says so in {file}:{line}: {why}");
        let source = self.source(file).map_err(|reason| by_hand(&reason))?;
        let edit = source.given(rule, line);
        let edit = edit.ok_or_else(|| by_hand("mend it there by hand"))?;
        Ok((file.to_owned(), vec![edit]))
    }

    /// Returns a file that may be edited.
    fn source(&mut self, file: &'a str) -> Result<&Editable<'a>, String> {
        let text = self
            .audit
            .texts
            .get(file)
            .ok_or("there is no source to edit")?;
        if !self.own.contains(file) {
            return Err(if is_generated(file, text.text()) { "the file is generated, so that the next synthesis undoes an edit: mend the code that it comes from" } else { "the file lies outside of what was named, or git ignores it, or it was downloaded: mend it where it comes from" }
            .to_owned());
        }
        let source = self.sources.entry(file);
        let source = source.or_insert_with(|| Editable::read(file, text.text()));
        source.as_ref().map_err(Clone::clone)
    }
}

/// A rule at a place: rule id, file, line and column.
type Ruled<'a> = (&'a str, &'a str, u32, u32);

fn ruled(finding: &Finding) -> Ruled<'_> {
    let origin = &finding.origin;
    (finding.rule.id, &origin.file, origin.line, origin.column)
}

/// Returns the places of waived findings. The same code may create another proxy.
fn waived(audit: &Audit) -> BTreeSet<Ruled<'_>> {
    let proxies = audit.proxies.iter();
    let findings = proxies.flat_map(|proxy| &proxy.report.findings);
    let waived = findings.filter(|finding| {
        matches!(
            finding.accepted,
            Some(Acceptance::Comment(_) | Acceptance::Policy(_))
        )
    });
    waived.map(ruled).collect()
}
