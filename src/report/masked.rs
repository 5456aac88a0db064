//! Masks the secrets of a report. Every text of a report passes through here, except fixed texts. The exhaustive
//! patterns make the compiler report every new field.

use std::borrow::Cow;
use std::mem;

use super::audit::{Audit, Checked, Judged, Skipped};
use super::drift::{Drift, DriftChange};
use super::topology::{DatabaseNode, Topology};
use super::update::{Clash, Update};
use crate::domain::drift::DriftEffect;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Edit, Finding, Pass, Report, Undetermined, Waiver};
use crate::domain::remedy::Remedy;
use crate::domain::secrecy::{MaskedText, Secrets};

impl Audit {
    /// Returns the audit with its secrets masked; borrowed if it has none.
    pub(super) fn masked(&self) -> Cow<'_, Self> {
        // Most audits have no secrets, and a copy of a large one needs much memory.
        if self.secrets.is_empty() && self.texts.values().all(MaskedText::is_whole) {
            Cow::Borrowed(self)
        } else {
            Cow::Owned(self.without_secrets())
        }
    }

    fn without_secrets(&self) -> Self {
        let mut audit = self.clone();
        let secrets = mem::take(&mut audit.secrets);
        let Self {
            proxies,
            rules: _,
            checked,
            skipped,
            texts,
            secrets: _,
        } = &mut audit;
        proxies.iter_mut().for_each(|proxy| judged(proxy, &secrets));
        let Checked {
            files: _,
            roots: _,
            templates: _,
            plans: _,
            account: _,
        } = checked;
        for Skipped { origin, reason } in skipped {
            place(origin, &secrets);
            secrets.mask(reason);
        }
        for text in texts.values_mut() {
            *text = text.masked();
        }
        audit
    }
}

fn judged(proxy: &mut Judged, secrets: &Secrets) {
    let Judged {
        address,
        name,
        root: _,
        origin,
        scene,
        report,
    } = proxy;
    secrets.mask(address);
    maybe(name, secrets);
    place(origin, secrets);
    let Topology {
        consumers,
        protocol: _,
        database,
    } = scene;
    consumers
        .iter_mut()
        .flatten()
        .for_each(|name| secrets.mask(name));
    if let Some(DatabaseNode {
        kind: _,
        name,
        engine,
    }) = database
    {
        maybe(name, secrets);
        maybe(engine, secrets);
    }
    self::report(report, secrets);
}

fn report(report: &mut Report, secrets: &Secrets) {
    let Report {
        findings,
        undetermined,
        passes,
        checked,
        skipped,
    } = report;
    findings.iter_mut().for_each(|one| finding(one, secrets));
    for Undetermined {
        rule: _,
        subject,
        reason,
        origin,
    } in undetermined
    {
        secrets.mask(subject);
        secrets.mask(reason);
        origin.iter_mut().for_each(|origin| place(origin, secrets));
    }
    for Pass {
        rule: _,
        subject,
        because,
        default_of,
    } in passes
    {
        secrets.mask(subject);
        secrets.mask(because);
        maybe(default_of, secrets);
    }
    checked
        .iter_mut()
        .chain(skipped)
        .for_each(|line| secrets.mask(line));
}

fn finding(finding: &mut Finding, secrets: &Secrets) {
    let Finding {
        rule: _,
        severity: _,
        subject,
        message,
        origin,
        fix,
        named_user,
        edits,
        // File names are kept.
        mended_in: _,
        accepted,
    } = finding;
    secrets.mask(subject);
    secrets.mask(message);
    place(origin, secrets);
    if let Some(Remedy::Said(text)) = fix {
        secrets.mask(text);
    }
    maybe(named_user, secrets);
    for Edit { range: _, text } in edits {
        secrets.mask(text);
    }
    match accepted {
        Some(Acceptance::Comment(waiver) | Acceptance::Policy(waiver)) => waived(waiver, secrets),
        Some(Acceptance::Known) | None => {}
    }
}

fn waived(waiver: &mut Waiver, secrets: &Secrets) {
    let Waiver {
        reason,
        owner,
        until: _,
        origin,
    } = waiver;
    secrets.mask(reason);
    maybe(owner, secrets);
    place(origin, secrets);
}

/// Masks a place. The file name is kept: without it the place cannot be found.
fn place(origin: &mut Origin, secrets: &Secrets) {
    let Origin {
        file: _,
        line: _,
        column: _,
        via,
        default_of,
    } = origin;
    via.iter_mut().for_each(|step| secrets.mask(step));
    maybe(default_of, secrets);
}

fn maybe(text: &mut Option<String>, secrets: &Secrets) {
    text.iter_mut().for_each(|text| secrets.mask(text));
}

impl Drift {
    /// Returns the drift with its secrets masked.
    pub(super) fn masked(&self) -> Self {
        let mut drift = self.clone();
        let secrets = mem::take(&mut drift.secrets);
        let Self {
            project: _,
            tool: _,
            pack: _,
            files: _,
            account: _,
            changes,
            // No format writes this field.
            lost: _,
            beside,
            not_compared,
            notes,
            failed,
            secrets: _,
        } = &mut drift;
        for change in changes {
            // A hunk contains masked text only.
            let DriftChange {
                effects,
                hunk: _,
                in_account: _,
            } = change;
            effects.iter_mut().for_each(|one| effect(one, &secrets));
        }
        let lines = beside.iter_mut().chain(not_compared).chain(notes);
        lines.for_each(|line| secrets.mask(line));
        maybe(failed, &secrets);
        drift
    }
}

fn effect(effect: &mut DriftEffect, secrets: &Secrets) {
    let DriftEffect {
        class: _,
        rule: _,
        subject,
        attribute,
        message,
        origin,
        accepted,
    } = effect;
    secrets.mask(subject);
    secrets.mask(attribute);
    secrets.mask(message);
    origin.iter_mut().for_each(|origin| place(origin, secrets));
    accepted
        .iter_mut()
        .for_each(|waiver| waived(waiver, secrets));
}

impl Update {
    /// Returns the update with its secrets masked.
    pub(super) fn masked(&self) -> Self {
        let mut update = self.clone();
        let secrets = mem::take(&mut update.secrets);
        let Self {
            project: _,
            tool: _,
            pack: _,
            // A text knows which of its parts are masked, and is compared unmasked.
            files: _,
            news,
            clashes,
            held,
            accepted,
            consequences,
            notes,
            newer: _,
            step: _,
            failed,
            secrets: _,
        } = &mut update;
        let addresses = consequences
            .iter_mut()
            .map(|one| &mut one.consequence.address);
        addresses.for_each(|address| secrets.mask(address));
        let effects = news.iter_mut().chain(held).chain(accepted);
        effects.for_each(|one| effect(one, &secrets));
        for Clash {
            file: _,
            what,
            why: _,
            ours,
            theirs,
        } in clashes
        {
            secrets.mask(what);
            secrets.mask(&mut ours.1);
            secrets.mask(&mut theirs.1);
        }
        notes.iter_mut().for_each(|note| secrets.mask(note));
        maybe(failed, &secrets);
        update
    }
}
