//! The status of a fleet for the publisher of packs: the version of each project, its signer, and its drift.

mod html;
mod json;
mod markdown;
mod text;

use std::collections::BTreeMap;

pub use json::FleetReport;

use super::drift::counts;
use super::{Format, ReportError, Screen};
use crate::domain::drift::Class;
use crate::domain::pack::status::ProjectPlace;

/// All projects of a fleet.
#[derive(Clone, Debug, Default)]
pub struct Fleet {
    /// One member for each directory, in the order given.
    pub members: Vec<Member>,
    /// The packs that the versions were compared with: `acme 1.2.0 of oci://…`.
    pub compared: Vec<String>,
    /// The places that could not be queried, and why: `oci://…: …`.
    pub unasked: Vec<String>,
}

/// One project of the fleet.
#[derive(Clone, Debug)]
pub struct Member {
    /// The directory, as the user named it.
    pub project: String,
    /// The state of the project, or the reason why it is unknown.
    pub state: Result<ProjectState, String>,
}

/// The state of a project.
#[derive(Clone, Debug)]
pub struct ProjectState {
    /// The version of the tool that generated the project.
    pub tool: String,
    /// The name of the pack.
    pub pack: String,
    /// The version of the pack.
    pub version: String,
    /// The signer of the pack.
    pub signer: Signer,
    /// The position of the version among the published ones.
    pub place: ProjectPlace,
    /// The reason why the version was yanked; `None` if it was not.
    pub yanked: Option<String>,
    /// The number of differences of each class, accepted ones excluded.
    pub drift: BTreeMap<Class, usize>,
    /// The number of accepted differences.
    pub accepted: usize,
}

/// The signer of a project's pack, as recorded in its baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The project was generated with the built-in templates.
    BuiltIn,
    /// No verified signature; insufficient where signatures are required.
    Nobody {
        /// True if signatures are required.
        required: bool,
    },
    /// A key that is still trusted.
    Counts {
        /// The id of the key.
        key: String,
        /// The owner of the key.
        owner: String,
    },
    /// A key that was not checked, because no trusted keys were given.
    NotChecked(String),
    /// A key that is no longer trusted.
    Refused {
        /// The id of the key.
        key: String,
        /// The reason why it is no longer trusted.
        why: String,
    },
}

impl Member {
    /// True if action is needed.
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

    /// Returns the project's row, with the columns of [`HEAD`].
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

    /// Returns the remarks that do not fit in the row.
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

/// The headings of the table's columns.
const HEAD: [&str; 5] = ["project", "pack", "signed by", "version is", "drift"];

impl ProjectState {
    /// Returns the position of the version in one or two words.
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
    /// Returns the overall result in one line.
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

    /// Describes the packs that the versions were compared with.
    fn compared(&self) -> String {
        let mut text = if self.compared.is_empty() {
            "versions were compared with nothing: --pack names where a pack is published".to_owned()
        } else {
            format!("versions were compared with {}", self.compared.join(", "))
        };
        for place in &self.unasked {
            text.push_str(&format!("; no answer from {place}"));
        }
        text
    }
}

/// A format for a fleet.
pub type FleetFormat = Format<fn(&Fleet, Screen) -> Result<String, ReportError>>;

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
    /// Writes the projects of a fleet.
    ///
    /// # Errors
    /// When the format cannot represent them.
    pub fn write(&self, fleet: &Fleet, look: Screen) -> Result<String, ReportError> {
        (self.render)(fleet, look)
    }
}
