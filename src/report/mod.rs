//! What a report looks like. Floor 1: pure, an audit in, text out. To add a format, write its file and a line in [`FORMATS`].

mod acceptance;
pub mod audit;
pub mod drift;
mod edits;
mod excerpt;
mod faults;
mod github;
mod html;
pub mod hunk;
pub mod json;
mod junit;
mod lazily;
mod lines;
mod markdown;
mod markup;
mod masked;
pub mod pack_status;
pub mod patch;
mod questions;
pub mod review;
mod sarif;
mod summary;
mod text;
pub mod topology;
pub mod update;

use std::io::{self, Write};

pub use audit::{Audit, Checked, Judged, RuleAnswer, Skipped, Tally};
pub use lines::{broken, count, wrapped};

pub use self::topology::Topology;

/// What the reader's screen can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Columns.
    pub width: usize,
    /// Whether colours may be used.
    pub colours: bool,
}

/// A way to write an audit down.
#[derive(Debug)]
pub struct Format {
    /// As `--format` takes it.
    pub id: &'static str,
    /// For whom it is.
    pub about: &'static str,
    /// Whether it always tells how findings are mended, so that this is worked out for it; JSON tells it with `--fix --dry-run`.
    pub carries_edits: bool,
    /// Of how many proxies at most: what is written of them is held in memory.
    pub proxies: usize,
    /// Writes it. Only [`Format::write`] calls it, so that no format sees a secret.
    render: fn(&Audit, Screen, &mut dyn Write) -> Result<(), ReportError>,
}

/// An audit that cannot be written down.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// As JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// As a page.
    #[error("the report cannot be written as a page: {0}")]
    Page(#[from] tera::Error),
    /// Where it goes to.
    #[error("{0}")]
    Unwritten(#[from] io::Error),
    /// More proxies than the format is for.
    #[error(
        "{found} proxies were found, and a report as {format} holds {most}: audit one part after the other"
    )]
    TooMany {
        /// Its id.
        format: &'static str,
        /// How many there are.
        found: usize,
        /// How many it holds.
        most: usize,
    },
}

/// More proxies than anybody has beside each other.
const MANY: usize = 25_000;

/// Every format; the first one is the default.
pub static FORMATS: &[Format] = &[
    Format {
        id: "text",
        about: "for people",
        carries_edits: false,
        proxies: MANY,
        render: text::render,
    },
    Format {
        id: "json",
        about: "for programs; `rdsproxy-gen schema report` prints its schema",
        carries_edits: false,
        proxies: MANY,
        render: json::render,
    },
    Format {
        id: "sarif",
        about: "SARIF 2.1.0, for code scanning",
        carries_edits: true,
        proxies: MANY,
        render: sarif::render,
    },
    Format {
        id: "markdown",
        about: "a comment on a pull request",
        carries_edits: false,
        proxies: MANY,
        render: markdown::render,
    },
    Format {
        id: "github",
        about: "annotations of a GitHub workflow",
        carries_edits: false,
        proxies: MANY,
        render: github::render,
    },
    Format {
        id: "junit",
        about: "JUnit XML, for test reports of CI",
        carries_edits: false,
        proxies: MANY,
        render: junit::render,
    },
    Format {
        id: "html",
        about: "one page that needs nothing else, for people",
        carries_edits: false,
        proxies: 2_500,
        render: html::render,
    },
];

impl Format {
    /// The format of that id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.id == id)
    }

    /// Refuses an audit of more proxies than are written so.
    ///
    /// # Errors
    /// When it is one.
    pub fn holds(&self, audit: &Audit) -> Result<(), ReportError> {
        match audit.proxies.len() {
            found if found > self.proxies => Err(ReportError::TooMany {
                format: self.id,
                found,
                most: self.proxies,
            }),
            _ => Ok(()),
        }
    }

    /// Writes an audit down as it is made, without its secrets.
    ///
    /// # Errors
    /// When it cannot be written so, or the sink takes no more.
    pub fn write(
        &self,
        audit: &Audit,
        look: Screen,
        sink: &mut dyn Write,
    ) -> Result<(), ReportError> {
        self.holds(audit)?;
        (self.render)(&audit.masked(), look, sink)
    }
}

impl From<ReportError> for io::Error {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Unwritten(error) => error,
            other => Self::other(other),
        }
    }
}
