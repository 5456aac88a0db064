//! Update reports: the fate of every file, the conflicts that only the user can resolve, and the obstacles.

mod json;
mod markdown;
mod text;

use std::path::Path;

pub use json::UpdateReport;

use super::{Format, ReportError, Screen};
use crate::domain::consequence::Consequence;
use crate::domain::drift::{Class, DriftEffect};
use crate::domain::secrecy::{MaskedText, Secrets};

/// The result of an update of one project.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// The directory, as the user named it.
    pub project: String,
    /// The version of the tool that generated the project.
    pub tool: String,
    /// The pack that the project was generated with, with its version.
    pub pack: String,
    /// The fate of each generated file.
    pub files: Vec<FileUpdate>,
    /// The changes to the generated output that affect the deployment.
    pub news: Vec<DriftEffect>,
    /// Conflicting changes of both sides.
    pub clashes: Vec<Clash>,
    /// Manual changes that weaken a rule or leave it undetermined: they are not kept silently.
    pub held: Vec<DriftEffect>,
    /// The same kind of changes, accepted.
    pub accepted: Vec<DriftEffect>,
    /// What the update does once it is deployed, beyond changes in place.
    pub consequences: Vec<ToldConsequence>,
    /// Further remarks for the user.
    pub notes: Vec<String>,
    /// True if there is a newer version of the pack.
    pub newer: bool,
    /// The step that the update reached.
    pub step: UpdateStep,
    /// The reason why the project could not be examined; `None` if it was.
    pub failed: Option<String>,
    /// The values that no format may show.
    pub secrets: Secrets,
}

/// A change that does more than change a resource in place.
#[derive(Clone, Debug)]
pub struct ToldConsequence {
    /// The change.
    pub consequence: Consequence,
    /// True if the user agreed to changes of this kind.
    pub is_allowed: bool,
}

/// The step that an update reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateStep {
    /// Only checked whether an update is due.
    #[default]
    Checked,
    /// A dry run: the changes are shown, and nothing was written.
    Tried,
    /// The update met an obstacle, and nothing was written.
    Stopped,
    /// The update was written.
    Written,
    /// The update was written, with conflict markers.
    Marked,
}

/// The fate of a file in an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The file equals the generated one and stays the same.
    Unchanged,
    /// The user's changes are kept.
    Kept,
    /// The file is new.
    Added,
    /// The file was not changed by hand and gets the new text.
    Updated,
    /// Both sides changed the file, and both changes are applied.
    Merged,
    /// The file was deleted by hand and is restored.
    Restored,
    /// The file is no longer generated, was not changed by hand, and is removed.
    Removed,
    /// The text of the file moves to another path.
    Moved,
    /// The file is no longer generated, was changed by hand, and is kept.
    Left,
    /// The file is reset to the generated text at the user's request.
    Reset,
    /// Both sides changed the same part of the file.
    InConflict,
}

impl Fate {
    /// True if the update changes the file.
    pub fn is_change(self) -> bool {
        !matches!(self, Self::Unchanged | Self::Kept | Self::Left)
    }

    /// Returns the fate as a keyword for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Merged => "merged",
            Self::Restored => "restored",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Left => "left",
            Self::Reset => "reset",
            Self::InConflict => "in conflict",
        }
    }
}

/// A generated file and its fate.
#[derive(Clone, Debug)]
pub struct FileUpdate {
    /// The path as the user would write it.
    pub path: String,
    /// The fate of the file.
    pub fate: Fate,
    /// The text before and after; `None` if the file does not exist.
    pub texts: [Option<MaskedText>; 2],
}

/// Conflicting changes of both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The file, as the user would write it.
    pub file: String,
    /// The attribute or block in conflict: `aws_db_proxy.this/idle_client_timeout`.
    pub what: String,
    /// The reason for the conflict.
    pub why: &'static str,
    /// The first line of the user's side, and its text; 0 if there is none.
    pub ours: (usize, String),
    /// The first line of the generated side, and its text; 0 if there is none.
    pub theirs: (usize, String),
}

/// The overall state of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UpdateState {
    /// No update is needed.
    Current,
    /// No update is needed for this version of the pack, but there is a newer one.
    Behind,
    /// Files are to be updated, and there is no obstacle.
    Due,
    /// The update replaces a resource or generates a password, and nobody agreed to that.
    Unallowed,
    /// A manual change weakens a rule or leaves it undetermined.
    Held,
    /// Both sides changed the same part.
    Conflicts,
    /// The project could not be examined.
    Failed,
}

impl UpdateState {
    /// Returns the state as every format shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "up to date",
            Self::Behind => "newer pack",
            Self::Due => "update due",
            Self::Unallowed => "needs consent",
            Self::Held => "weakened by hand",
            Self::Conflicts => "in conflict",
            Self::Failed => "not looked at",
        }
    }
}

impl Update {
    /// Creates the result for a project that could not be examined.
    pub fn failed(dir: &Path, reason: &str) -> Self {
        Self {
            project: dir.display().to_string(),
            failed: Some(reason.to_owned()),
            ..Self::default()
        }
    }

    /// Returns the overall state.
    pub fn state(&self) -> UpdateState {
        if self.failed.is_some() {
            UpdateState::Failed
        } else if !self.clashes.is_empty() {
            UpdateState::Conflicts
        } else if !self.held.is_empty() {
            UpdateState::Held
        } else if self.consequences.iter().any(|one| !one.is_allowed) {
            UpdateState::Unallowed
        } else if self.changed() > 0 {
            UpdateState::Due
        } else if self.newer {
            UpdateState::Behind
        } else {
            UpdateState::Current
        }
    }

    /// Returns the number of files that the update changes.
    pub fn changed(&self) -> usize {
        self.files
            .iter()
            .filter(|file| file.fate.is_change())
            .count()
    }

    /// Returns the number of held edits of a class.
    pub fn held_of(&self, class: Class) -> usize {
        let held = self.held.iter();
        held.filter(|effect| effect.class == class).count()
    }

    /// Returns the number of files with this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.files.iter().filter(|file| file.fate == fate).count()
    }
}

/// A format for updates.
pub type UpdateFormat = Format<fn(&[Update], Screen) -> Result<String, ReportError>>;

/// Every format; the first one is the default.
pub static UPDATE_FORMATS: &[UpdateFormat] = &[
    UpdateFormat {
        id: "text",
        about: "for people",
        render: text::render,
    },
    UpdateFormat {
        id: "json",
        about: "for programs; `rdsproxy-gen schema update` prints its schema",
        render: json::render,
    },
    UpdateFormat {
        id: "markdown",
        about: "a comment on a pull request",
        render: markdown::render,
    },
];

impl UpdateFormat {
    /// Writes the updates of some projects, with secrets masked.
    ///
    /// # Errors
    /// When the format cannot represent it.
    pub fn write(&self, updates: &[Update], look: Screen) -> Result<String, ReportError> {
        let updates: Vec<Update> = updates.iter().map(Update::masked).collect();
        (self.render)(&updates, look)
    }
}
