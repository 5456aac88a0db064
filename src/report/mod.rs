//! The report formats. Floor 2: pure, an audit in, text out. To add a format, write its file and a line in [`FORMATS`].

mod acceptance;
pub mod audit;
pub mod drift;
mod edits;
mod excerpt;
mod faults;
mod format;
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

pub use self::format::Format;
pub use self::topology::Topology;

/// The capabilities of the reader's screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// The width in columns.
    pub width: usize,
    /// True if colours may be used.
    pub colours: bool,
}

/// Writes an audit in a format.
#[derive(Debug)]
pub struct AuditRenderer {
    /// True if the format always includes fixes, so that they are computed for it; JSON includes them with
    /// `--fix --dry-run`.
    carries_edits: bool,
    /// Maximum number of proxies, because their report is held in memory.
    proxies: usize,
    render: fn(&Audit, Screen, &mut dyn Write) -> Result<(), ReportError>,
}

/// A format for audit reports.
pub type AuditFormat = Format<AuditRenderer>;

/// The reason why a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Serializing as JSON failed.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Rendering the HTML page failed.
    #[error("the report cannot be written as a page: {0}")]
    Page(#[from] tera::Error),
    /// Writing to the sink failed.
    #[error("{0}")]
    Unwritten(#[from] io::Error),
    /// The audit has more proxies than the format supports.
    #[error(
        "{found} proxies were found, and a report as {format} holds {most}: audit one part after the other"
    )]
    TooMany {
        /// The id of the format.
        format: &'static str,
        /// The number of proxies found.
        found: usize,
        /// The maximum of the format.
        most: usize,
    },
}

/// A limit above any realistic number of proxies.
const MANY: usize = 25_000;

/// Every format; the first one is the default.
pub static FORMATS: &[AuditFormat] = &[
    AuditFormat {
        id: "text",
        about: "for people",
        render: AuditRenderer::new(text::render),
    },
    AuditFormat {
        id: "json",
        about: "for programs; `rdsproxy-gen schema report` prints its schema",
        render: AuditRenderer::new(json::render),
    },
    AuditFormat {
        id: "sarif",
        about: "SARIF 2.1.0, for code scanning",
        render: AuditRenderer {
            carries_edits: true,
            ..AuditRenderer::new(sarif::render)
        },
    },
    AuditFormat {
        id: "markdown",
        about: "a comment on a pull request",
        render: AuditRenderer::new(markdown::render),
    },
    AuditFormat {
        id: "github",
        about: "annotations of a GitHub workflow",
        render: AuditRenderer::new(github::render),
    },
    AuditFormat {
        id: "junit",
        about: "JUnit XML, for test reports of CI",
        render: AuditRenderer::new(junit::render),
    },
    AuditFormat {
        id: "html",
        about: "one page that needs nothing else, for people",
        render: AuditRenderer {
            proxies: 2_500,
            ..AuditRenderer::new(html::render)
        },
    },
];

impl AuditRenderer {
    const fn new(render: fn(&Audit, Screen, &mut dyn Write) -> Result<(), ReportError>) -> Self {
        Self {
            carries_edits: false,
            proxies: MANY,
            render,
        }
    }
}

impl AuditFormat {
    /// True if the format always includes fixes, so that they are computed for it.
    pub fn carries_edits(&self) -> bool {
        self.render.carries_edits
    }

    /// Checks that the format supports this number of proxies.
    ///
    /// # Errors
    /// When the audit has too many.
    pub fn holds(&self, audit: &Audit) -> Result<(), ReportError> {
        match audit.proxies.len() {
            found if found > self.render.proxies => Err(ReportError::TooMany {
                format: self.id,
                found,
                most: self.render.proxies,
            }),
            _ => Ok(()),
        }
    }

    /// Writes an audit piece by piece, with secrets masked.
    ///
    /// # Errors
    /// When the format cannot represent it, or the sink fails.
    pub fn write(
        &self,
        audit: &Audit,
        look: Screen,
        sink: &mut dyn Write,
    ) -> Result<(), ReportError> {
        self.holds(audit)?;
        (self.render.render)(&audit.masked(), look, sink)
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
