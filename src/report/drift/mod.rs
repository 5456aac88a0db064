//! Drift for people and for programs: every difference with its class, its lines, and what could not be compared.

mod folded;
pub(super) mod json;
mod markdown;
pub(super) mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub use json::DriftReport;

use super::hunk::Hunk;
use super::{ReportError, Screen};
use crate::domain::drift::{Class, DriftEffect};
use crate::domain::secrecy::Secrets;

/// What became of one project.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// The directory, as the user named it.
    pub project: String,
    /// The version of the tool that generated it.
    pub tool: String,
    /// The pack that it was generated with, with its version.
    pub pack: String,
    /// How many generated files were compared.
    pub files: usize,
    /// The account that was compared too, as `123456789012 in eu-west-1`.
    pub account: Option<String>,
    /// What differs, the worst first.
    pub changes: Vec<DriftChange>,
    /// The attributes that say of what was judged that it is gone: a proxy, a file that deploys something.
    pub lost: BTreeSet<String>,
    /// What was added beside and concerns nothing that was generated.
    pub beside: Vec<String>,
    /// What one side does not show, and why.
    pub not_compared: Vec<String>,
    /// What is worth knowing beside that.
    pub notes: Vec<String>,
    /// Why it could not be looked at, where it could not.
    pub failed: Option<String>,
    /// The values that no format may show.
    pub secrets: Secrets,
}

/// A stretch of lines that differs, or something of the account, and all that it means.
#[derive(Clone, Debug, Default)]
pub struct DriftChange {
    /// What it means; nothing for what is cosmetic.
    pub effects: Vec<DriftEffect>,
    /// The lines, where it is in a file.
    pub hunk: Option<Hunk>,
    /// Whether it is the account that differs, and not a file.
    pub in_account: bool,
}

impl DriftChange {
    /// Something in files.
    pub fn of(effects: Vec<DriftEffect>, hunk: Option<Hunk>) -> Self {
        Self {
            effects,
            hunk,
            in_account: false,
        }
    }

    /// Something in the account.
    pub fn in_account(effect: DriftEffect) -> Self {
        Self {
            effects: vec![effect],
            hunk: None,
            in_account: true,
        }
    }

    /// What it comes to, without what is put up with.
    pub fn class(&self) -> Option<Class> {
        match self.effects.is_empty() {
            true => Some(Class::Cosmetic),
            false => self
                .effects
                .iter()
                .filter(|effect| effect.accepted.is_none())
                .map(|effect| effect.class)
                .max(),
        }
    }
}

impl Drift {
    /// A project that could not be looked at.
    pub fn failed(dir: &Path, reason: &str) -> Self {
        Self {
            project: dir.display().to_string(),
            failed: Some(reason.to_owned()),
            ..Self::default()
        }
    }

    /// How many differences there are of each class. One that shows at several places counts once, and what is put up with does
    /// not count.
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

    /// Whether a rule holds less than before, or may: it is weakened, that cannot be told, or what it was about is gone.
    pub fn may_be_weaker(&self) -> bool {
        let effects = self.distinct(|effect| effect.accepted.is_none());
        effects.iter().any(|effect| {
            matches!(effect.class, Class::Weakens | Class::CannotTell)
                || self.lost.contains(&effect.attribute)
        })
    }

    /// How many differences are put up with.
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
#[derive(Debug)]
pub struct DriftFormat {
    /// As it is written on the command line.
    pub id: &'static str,
    /// In a few words.
    pub about: &'static str,
    /// Writes it. Only [`DriftFormat::write`] calls it, so that no format sees a secret.
    render: fn(&[Drift], DriftLook) -> Result<String, ReportError>,
}

/// How it is to look.
#[derive(Clone, Copy, Debug)]
pub struct DriftLook {
    /// The screen.
    pub look: Screen,
    /// Whether what is cosmetic is shown too.
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
    /// The format of that id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        DRIFT_FORMATS.iter().find(|format| format.id == id)
    }

    /// Writes the drift of some projects, without their secrets.
    ///
    /// # Errors
    /// When it cannot be written so.
    pub fn write(&self, drifts: &[Drift], look: DriftLook) -> Result<String, ReportError> {
        let drifts: Vec<Drift> = drifts.iter().map(Drift::masked).collect();
        (self.render)(&drifts, look)
    }
}

/// `2 weakens, 1 changes`; nothing where there is nothing.
pub(in crate::report) fn counts(tally: &BTreeMap<Class, usize>) -> String {
    let words = Class::ALL.iter().filter_map(|class| {
        let number = tally.get(class).filter(|_| *class != Class::Cosmetic)?;
        Some(format!("{number} {}", class.name()))
    });
    words.collect::<Vec<_>>().join(", ")
}
