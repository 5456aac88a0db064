//! Drift reports: every difference with its class and its lines, and what could not be compared.

mod folded;
pub(super) mod json;
mod markdown;
pub(super) mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use json::DriftReport;

use super::hunk::Hunk;
use super::{Format, ReportError, Screen};
use crate::domain::drift::{Class, DriftEffect};
use crate::domain::secrecy::Secrets;

/// The drift of one project.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// The directory, as the user named it.
    pub project: String,
    /// The version of the tool that generated the project.
    pub tool: String,
    /// The pack that the project was generated with, with its version.
    pub pack: String,
    /// The number of generated files that were compared.
    pub files: usize,
    /// The account that was compared too, as `123456789012 in eu-west-1`; `None` if none was.
    pub account: Option<String>,
    /// The differences, the worst first.
    pub changes: Vec<DriftChange>,
    /// The attributes whose effect is that an audited object is gone: a proxy, or a file that deploys resources.
    pub lost: BTreeSet<String>,
    /// Additions that do not affect anything that was generated.
    pub beside: Vec<String>,
    /// Attributes that one side does not show, each with the reason.
    pub not_compared: Vec<String>,
    /// Further remarks for the user.
    pub notes: Vec<String>,
    /// The reason why the project could not be compared; `None` if it was.
    pub failed: Option<String>,
    /// The values that no format may show.
    pub secrets: Secrets,
}

/// A hunk that differs, or a difference in the account, with all its effects.
#[derive(Clone, Debug, Default)]
pub struct DriftChange {
    /// The effects; empty for a cosmetic difference.
    pub effects: Vec<DriftEffect>,
    /// The lines, if the difference is in a file.
    pub hunk: Option<Hunk>,
    /// True if the difference is in the account rather than in a file.
    pub in_account: bool,
}

impl DriftChange {
    /// Creates a difference in files.
    pub fn new(effects: Vec<DriftEffect>, hunk: Option<Hunk>) -> Self {
        Self {
            effects,
            hunk,
            in_account: false,
        }
    }

    /// Creates a difference in the account.
    pub fn in_account(effect: DriftEffect) -> Self {
        Self {
            effects: vec![effect],
            hunk: None,
            in_account: true,
        }
    }

    /// Returns the worst class of the effects that are not accepted; `None` if all are.
    pub fn class(&self) -> Option<Class> {
        if self.effects.is_empty() {
            Some(Class::Cosmetic)
        } else {
            self.effects
                .iter()
                .filter(|effect| effect.accepted.is_none())
                .map(|effect| effect.class)
                .max()
        }
    }
}

impl Drift {
    /// Creates the result for a project that could not be compared.
    pub fn failed(dir: &Path, reason: &str) -> Self {
        Self {
            project: dir.display().to_string(),
            failed: Some(reason.to_owned()),
            ..Self::default()
        }
    }

    /// Returns the number of differences of each class. A difference that appears at several places counts once;
    /// accepted ones do not count.
    pub fn tally(&self) -> BTreeMap<Class, usize> {
        let mut tally = BTreeMap::new();
        for effect in self.distinct(|effect| effect.accepted.is_none()) {
            *tally.entry(effect.class).or_default() += 1;
        }
        let changes = self.changes.iter();
        let cosmetic = changes.filter(|change| change.effects.is_empty()).count();
        if cosmetic > 0 {
            *tally.entry(Class::Cosmetic).or_default() += cosmetic;
        }
        tally
    }

    /// True if a rule may hold less than before: it is weakened, that is undetermined, or its object is gone.
    pub fn may_be_weaker(&self) -> bool {
        let effects = self.distinct(|effect| effect.accepted.is_none());
        effects.iter().any(|effect| {
            matches!(effect.class, Class::Weakens | Class::CannotTell)
                || self.lost.contains(&effect.attribute)
        })
    }

    /// Returns the number of accepted differences.
    pub fn accepted(&self) -> usize {
        self.distinct(|effect| effect.accepted.is_some()).len()
    }

    fn distinct(&self, which: fn(&DriftEffect) -> bool) -> Vec<&DriftEffect> {
        let mut seen = BTreeSet::new();
        let changes = self.changes.iter();
        let effects = changes.flat_map(|change| {
            let place = change.in_account;
            change.effects.iter().map(move |effect| (place, effect))
        });
        effects
            .filter(|(_, effect)| which(effect))
            .filter(|(place, effect)| seen.insert((*place, effect.key())))
            .map(|(_, effect)| effect)
            .collect()
    }
}

/// A format for drift.
pub type DriftFormat = Format<fn(&[Drift], DriftLook) -> Result<String, ReportError>>;

/// Display options for drift.
#[derive(Clone, Copy, Debug)]
pub struct DriftLook {
    /// The width and colours of the screen.
    pub look: Screen,
    /// True if cosmetic differences are shown too.
    pub all: bool,
}

/// Every format; the first one is the default.
pub static DRIFT_FORMATS: &[DriftFormat] = &[
    DriftFormat {
        id: "text",
        about: "for people",
        render: text::render,
    },
    DriftFormat {
        id: "json",
        about: "for programs; `rdsproxy-gen schema drift` prints its schema",
        render: json::render,
    },
    DriftFormat {
        id: "markdown",
        about: "a comment on a pull request",
        render: markdown::render,
    },
];

impl DriftFormat {
    /// Writes the drift of some projects, with secrets masked.
    ///
    /// # Errors
    /// When the format cannot represent it.
    pub fn write(&self, drifts: &[Drift], look: DriftLook) -> Result<String, ReportError> {
        let drifts: Vec<Drift> = drifts.iter().map(Drift::masked).collect();
        (self.render)(&drifts, look)
    }
}

/// Formats the counts: `2 weakens, 1 changes`; empty if there are none.
pub(in crate::report) fn counts(tally: &BTreeMap<Class, usize>) -> String {
    let words = Class::ALL.iter().filter_map(|class| {
        let number = tally.get(class).filter(|_| *class != Class::Cosmetic)?;
        Some(format!("{number} {}", class.name()))
    });
    words.collect::<Vec<_>>().join(", ")
}
