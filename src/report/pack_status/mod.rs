//! A fleet for the team that publishes packs: which project is on which version, who signed it, and what drifted.

mod html;
mod json;
mod markdown;
mod text;

use std::collections::BTreeMap;

pub use json::FleetReport;

use super::drift::counts;
use super::{ReportError, Screen};
use crate::domain::drift::Class;
use crate::domain::pack::status::ProjectPlace;

/// All projects.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    /// One for each directory, in the order in which they were named.
    pub members: Vec<Member>,
    /// The packs that they were compared with: `acme 1.2.0 of oci://…`.
    pub compared: Vec<String>,
    /// The places that gave no answer, and why: `oci://…: …`.
    pub unasked: Vec<String>,
}

/// One project.
#[derive(Clone, Debug)]
pub struct Member {
    /// The directory, as the user named it.
    pub project: String,
    /// What is known of it, or why nothing is.
    pub state: Result<ProjectState, String>,
}

/// What is known of a project.
#[derive(Clone, Debug)]
pub struct ProjectState {
    /// The version of the tool that generated it.
    pub tool: String,
    /// Its pack.
    pub pack: String,
    /// The version of that.
    pub version: String,
    /// Who signed it.
    pub signer: Signer,
    /// Where it stands among the versions.
    pub place: ProjectPlace,
    /// Why its version was yanked, where it was.
    pub yanked: Option<String>,
    /// How many differences there are of each class, without what is put up with.
    pub drift: BTreeMap<Class, usize>,
    /// How many are put up with.
    pub accepted: usize,
}

/// Who signed the pack of a project, as its baseline says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// It was generated with the templates that are built in.
    BuiltIn,
    /// Nobody of whom that was verified; where signatures are required, that is not enough.
    Nobody {
        /// Whether signatures are required.
        required: bool,
    },
    /// A key that still counts.
    Counts {
        /// The key.
        key: String,
        /// Whose it is.
        owner: String,
    },
    /// A key, and nobody said whom to trust today.
    NotChecked(String),
    /// A key that does not count any more.
    Refused {
        /// The key.
        key: String,
        /// Why not.
        why: String,
    },
}

impl Member {
    /// Whether somebody has something to do.
    pub fn needs_somebody(&self) -> bool {
        let Ok(state) = &self.state else {
            return true;
        };
        let behind = matches!(
            state.place,
            ProjectPlace::Behind(_) | ProjectPlace::Moved(_)
        );
        let signer = matches!(
            state.signer,
            Signer::Nobody { required: true } | Signer::Refused { .. }
        );
        behind || signer || state.yanked.is_some() || !counts(&state.drift).is_empty()
    }

    /// Its row, as [`HEAD`] names the columns.
    fn cells(&self) -> [String; 5] {
        let Ok(state) = &self.state else {
            let none = || "-".to_owned();
            return [
                self.project.clone(),
                none(),
                none(),
                none(),
                "not looked at".to_owned(),
            ];
        };
        [
            self.project.clone(),
            format!("{} {}", state.pack, state.version),
            state.signer.word(),
            state.standing(),
            match counts(&state.drift) {
                none if none.is_empty() => "no drift".to_owned(),
                some => some,
            },
        ]
    }

    /// What the row is too short for.
    fn remarks(&self) -> Vec<String> {
        let state = match &self.state {
            Ok(state) => state,
            Err(reason) => return vec![format!("not looked at: {reason}")],
        };
        let mut remarks = Vec::new();
        let (pack, version) = (&state.pack, &state.version);
        if let Some(reason) = &state.yanked {
            remarks.push(format!("{pack} {version} was yanked: {reason}"));
        }
        if let ProjectPlace::Moved(_) = state.place {
            remarks.push(format!(
                "{pack} {version} has another content now than when this project was generated"
            ));
        }
        if let Signer::Refused { why, .. } = &state.signer {
            remarks.push(why.clone());
        }
        remarks
    }
}

/// The columns.
const HEAD: [&str; 5] = ["project", "pack", "signed by", "version is", "drift"];

impl ProjectState {
    /// Its version among the others, in a word or two.
    fn standing(&self) -> String {
        if self.yanked.is_some() {
            return "yanked".to_owned();
        }
        match &self.place {
            ProjectPlace::BuiltIn => "built in".to_owned(),
            ProjectPlace::NotCompared => "not compared".to_owned(),
            ProjectPlace::Current => "current".to_owned(),
            ProjectPlace::Behind(newest) => format!("behind {newest}"),
            ProjectPlace::Ahead(newest) => format!("ahead of {newest}"),
            ProjectPlace::Moved(_) => "moved".to_owned(),
        }
    }
}

impl Signer {
    fn word(&self) -> String {
        match self {
            Self::BuiltIn => "-".to_owned(),
            Self::Nobody { .. } => "nobody".to_owned(),
            Self::Counts { key, owner } => format!("{owner} ({key})"),
            Self::NotChecked(key) => format!("{key}, not checked"),
            Self::Refused { key, .. } => format!("{key}, does not count"),
        }
    }
}

impl Fleet {
    /// What it comes to, in one line.
    fn result(&self) -> String {
        let members = |is: fn(&Member) -> bool| self.members.iter().filter(|one| is(one)).count();
        let states = |is: fn(&ProjectState) -> bool| {
            let states = self.members.iter().flat_map(|member| &member.state);
            states.filter(|state| is(state)).count()
        };
        format!(
            "{}: {} on a yanked version, {} behind, {} not compared, {} unsigned, {} with drift, {} not looked at; {} to look after",
            super::lines::count(self.members.len(), "project"),
            states(|state| state.yanked.is_some()),
            states(|state| matches!(state.place, ProjectPlace::Behind(_))),
            states(|state| matches!(state.place, ProjectPlace::NotCompared)),
            states(|state| matches!(state.signer, Signer::Nobody { .. })),
            states(|state| !counts(&state.drift).is_empty()),
            members(|member| member.state.is_err()),
            members(Member::needs_somebody),
        )
    }

    /// With what the versions were compared.
    fn compared(&self) -> String {
        let mut text = match self.compared.is_empty() {
            true => "versions were compared with nothing: --pack names where a pack is published"
                .to_owned(),
            false => format!("versions were compared with {}", self.compared.join(", ")),
        };
        for place in &self.unasked {
            text.push_str(&format!("; no answer from {place}"));
        }
        text
    }
}

/// A format for a fleet.
#[derive(Debug)]
pub struct FleetFormat {
    /// As it is written on the command line.
    pub id: &'static str,
    /// In a few words.
    pub about: &'static str,
    /// Writes it.
    pub render: fn(&Fleet, Screen) -> Result<String, ReportError>,
}

/// Every format; the first one is the default.
pub static FLEET_FORMATS: &[FleetFormat] = &[
    FleetFormat {
        id: "text",
        about: "a table for people",
        render: text::render,
    },
    FleetFormat {
        id: "json",
        about: "for programs; `rdsproxy-gen schema fleet` prints its schema",
        render: json::render,
    },
    FleetFormat {
        id: "markdown",
        about: "a comment, or a page of a wiki",
        render: markdown::render,
    },
    FleetFormat {
        id: "html",
        about: "one page that needs no other file",
        render: html::render,
    },
];

impl FleetFormat {
    /// The format of that id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        FLEET_FORMATS.iter().find(|format| format.id == id)
    }
}
