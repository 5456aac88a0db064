//! An update for people and for programs: what becomes of every file, what nobody but the user can decide, and what stands in the
//! way.

mod json;
mod markdown;
mod text;

use std::path::Path;

pub use json::UpdateReport;

use super::{ReportError, Screen};
use crate::domain::drift::{Class, DriftEffect};
use crate::domain::secrecy::{MaskedText, Secrets};

/// What an update makes of one project.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// The directory, as the user named it.
    pub project: String,
    /// The version of the tool that generated it.
    pub tool: String,
    /// The pack that it was generated with, with its version.
    pub pack: String,
    /// What becomes of each generated file.
    pub files: Vec<FileUpdate>,
    /// What is generated in another way now, as far as it is deployed.
    pub news: Vec<DriftEffect>,
    /// What both sides changed in different ways.
    pub clashes: Vec<Clash>,
    /// What somebody made weaker, or hid: it is not kept silently.
    pub held: Vec<DriftEffect>,
    /// The same, put up with.
    pub accepted: Vec<DriftEffect>,
    /// What is worth knowing beside that.
    pub notes: Vec<String>,
    /// Whether there is a newer version of the pack.
    pub newer: bool,
    /// How far it went.
    pub step: UpdateStep,
    /// Why it could not be looked at, where it could not.
    pub failed: Option<String>,
    /// The values that no format may show.
    pub secrets: Secrets,
}

/// How far an update went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateStep {
    /// It was only asked whether one is due.
    #[default]
    Checked,
    /// What it would do is shown, and nothing was written.
    Tried,
    /// It was to be carried out, and something stands in its way: nothing was written.
    Stopped,
    /// It was carried out.
    Written,
    /// It was carried out, with markers around what is in conflict.
    Marked,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It stays as it is, and as it is generated.
    Unchanged,
    /// It stays as the user changed it.
    Kept,
    /// It is new.
    Added,
    /// Nobody touched it, and it gets the new text.
    Updated,
    /// Both sides changed it, and it gets both changes.
    Merged,
    /// Somebody deleted it, and it comes back.
    Restored,
    /// It is no longer generated, and nobody touched it: it goes.
    Removed,
    /// It is no longer generated, and was changed by hand: it stays.
    Left,
    /// It gets the generated text back, because the user said so.
    Reset,
    /// Both sides changed the same in it.
    InConflict,
}

impl Fate {
    /// Whether the file is another one afterwards.
    pub fn is_change(self) -> bool {
        !matches!(self, Self::Unchanged | Self::Kept | Self::Left)
    }

    /// In one word, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Added => "added",
            Self::Updated => "updated",
            Self::Merged => "merged",
            Self::Restored => "restored",
            Self::Removed => "removed",
            Self::Left => "left",
            Self::Reset => "reset",
            Self::InConflict => "in conflict",
        }
    }
}

/// A generated file.
#[derive(Clone, Debug)]
pub struct FileUpdate {
    /// As the user would write it.
    pub path: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Its text before and after; none where there is no file.
    pub texts: [Option<MaskedText>; 2],
}

/// What both sides changed in different ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// The file, as the user would write it.
    pub file: String,
    /// What it is about: `aws_db_proxy.this/idle_client_timeout`.
    pub what: String,
    /// Why it is one.
    pub why: &'static str,
    /// The first line of the user's side, and its text; 0 where there is none.
    pub ours: (usize, String),
    /// The same of what is generated now.
    pub theirs: (usize, String),
}

/// What an update comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UpdateState {
    /// There is nothing to do.
    Current,
    /// There is nothing to do with this version of the pack, and there is a newer one.
    Behind,
    /// Files are to change, and nothing stands in the way.
    Due,
    /// Somebody made a rule weaker, or hid whether it holds.
    Held,
    /// Both sides changed the same.
    Conflicts,
    /// It could not be looked at.
    Failed,
}

impl UpdateState {
    /// As it is written everywhere.
    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "up to date",
            Self::Behind => "newer pack",
            Self::Due => "update due",
            Self::Held => "weakened by hand",
            Self::Conflicts => "in conflict",
            Self::Failed => "not looked at",
        }
    }
}

impl Update {
    /// A project that could not be looked at.
    pub fn failed(dir: &Path, reason: &str) -> Self {
        Self {
            project: dir.display().to_string(),
            failed: Some(reason.to_owned()),
            ..Self::default()
        }
    }

    /// What it comes to.
    pub fn state(&self) -> UpdateState {
        if self.failed.is_some() {
            UpdateState::Failed
        } else if !self.clashes.is_empty() {
            UpdateState::Conflicts
        } else if !self.held.is_empty() {
            UpdateState::Held
        } else if self.changed() > 0 {
            UpdateState::Due
        } else if self.newer {
            UpdateState::Behind
        } else {
            UpdateState::Current
        }
    }

    /// How many files are others afterwards.
    pub fn changed(&self) -> usize {
        self.files
            .iter()
            .filter(|file| file.fate.is_change())
            .count()
    }

    /// How many edits of a class are held back.
    pub fn held_of(&self, class: Class) -> usize {
        let held = self.held.iter();
        held.filter(|effect| effect.class == class).count()
    }

    /// How many files have this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.files.iter().filter(|file| file.fate == fate).count()
    }
}

/// A format for updates.
#[derive(Debug)]
pub struct UpdateFormat {
    /// As it is written on the command line.
    pub id: &'static str,
    /// In a few words.
    pub about: &'static str,
    /// Writes it. Only [`UpdateFormat::write`] calls it, so that no format sees a secret.
    render: fn(&[Update], Screen) -> Result<String, ReportError>,
}

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
    /// The format of that id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        UPDATE_FORMATS.iter().find(|format| format.id == id)
    }

    /// Writes the updates of some projects, without their secrets.
    ///
    /// # Errors
    /// When it cannot be written so.
    pub fn write(&self, updates: &[Update], look: Screen) -> Result<String, ReportError> {
        let updates: Vec<Update> = updates.iter().map(Update::masked).collect();
        (self.render)(&updates, look)
    }
}
