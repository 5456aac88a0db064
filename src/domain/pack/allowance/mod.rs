//! The changes that a pack may make to the rendered files, as a closed list. Every difference from the output of the
//! built-in templates for the same spec must fall under an [`Allowance`], otherwise the pack is refused.
//!
//! Files are split into entries elsewhere: an [`EntryDifference`] identifies a place by the keys that lead to it, and
//! carries the two values in canonical form.

mod backend;
mod forbidden;
mod hcl;
mod kinds;
mod table;
mod values;

pub use forbidden::{FORBIDDEN, Forbidden, is_forbidden_type};
pub use table::ALLOWANCES;

/// The language of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileLanguage {
    /// Terraform and OpenTofu configuration.
    Terraform,
    /// Values of Terraform variables.
    Values,
    /// A CloudFormation template in YAML.
    CloudFormation,
    /// Prose, which no tool executes.
    Text,
    /// Everything else: tests, SQL, clients, parameter files.
    Other,
}

/// The kind of change of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// The entry belongs to a block or resource that the built-in templates do not render.
    New,
    /// The entry was added to a block or resource that the built-in templates render.
    Added,
    /// The entry has a different value.
    Changed,
    /// The entry is gone.
    Removed,
}

/// An entry that the pack renders differently from the built-in templates.
#[derive(Clone, Copy, Debug)]
pub struct EntryDifference<'d> {
    /// The language of the file.
    pub language: FileLanguage,
    /// The keys that lead to the entry: `resource`, `aws_db_proxy`, `this`, `require_tls`.
    pub path: &'d [String],
    /// The type of the resource or data source that the entry belongs to; empty if there is none.
    pub kind: &'d str,
    /// The kind of change.
    pub change: EntryChange,
    /// The built-in value, in canonical form.
    pub before: Option<&'d str>,
    /// The pack's value, in canonical form.
    pub after: Option<&'d str>,
    /// The parts of the spec that allowances depend on.
    pub asked: AskedSpec<'d>,
}

impl EntryDifference<'_> {
    /// True if the user allows this pack resources of the type.
    fn allows_kind(&self) -> bool {
        self.asked.allowed.iter().any(|kind| kind == self.kind)
    }
}

/// The parts of the spec that an allowance depends on.
#[derive(Clone, Copy, Debug)]
pub struct AskedSpec<'d> {
    /// The name of the proxy.
    pub proxy: &'d str,
    /// True if the spec names a topic that alarms notify.
    pub has_topic: bool,
    /// The retention of the proxy's log in days.
    pub retention_days: u32,
    /// The resource types that the user's trust file allows this pack and signer.
    pub allowed: &'d [String],
}

/// A kind of change that a pack may make.
#[derive(Debug)]
pub struct Allowance {
    /// The short name of the allowance.
    pub id: &'static str,
    /// The permitted change, in one sentence for a pack's author.
    pub allows: &'static str,
    cases: &'static [CoveredCase],
}

/// The differences that an allowance covers.
#[derive(Debug)]
struct CoveredCase {
    changes: &'static [EntryChange],
    places: &'static [EntryPlace],
    value: fn(&EntryDifference<'_>) -> bool,
}

/// A pattern for the places of entries.
#[derive(Debug)]
struct EntryPlace {
    language: FileLanguage,
    /// The resource types, with `*` at the end for a family; empty for any type.
    kinds: &'static [&'static str],
    /// Keys separated by `/`: `*` matches any key, `a|b` either one, and `**` at the end everything below.
    path: &'static str,
}

impl CoveredCase {
    /// True if the case is about this place and kind of change, whatever the value.
    fn is_about(&self, difference: &EntryDifference<'_>) -> bool {
        self.changes.contains(&difference.change)
            && self.places.iter().any(|place| place.holds(difference))
    }
}

impl EntryPlace {
    fn holds(&self, difference: &EntryDifference<'_>) -> bool {
        self.language == difference.language
            && (self.kinds.is_empty() || is_of(self.kinds, difference.kind))
            && leads_to(self.path, difference.path)
    }
}

/// Returns the allowance that covers a difference, or the reason why no pack may make it.
///
/// # Errors
/// The reason, as a sentence for the pack's author.
pub fn judge(difference: &EntryDifference<'_>) -> Result<&'static Allowance, String> {
    let mut nearest = None;
    for row in ALLOWANCES {
        for case in row.cases.iter().filter(|case| case.is_about(difference)) {
            if (case.value)(difference) {
                return Ok(row);
            }
            nearest = nearest.or(Some(row));
        }
    }
    let is_never = difference.kind.is_empty() || is_forbidden_type(difference.kind);
    let is_allowed = difference.allows_kind();
    Err(match nearest {
        Some(row) if row.id == table::TRUSTED && !is_never && !is_allowed => format!(
            "the users of a pack have to allow this type: `allow = [\"{kind}\"]` under the key of its signer in rdsproxy-trust.toml; `pack check --allow {kind}` proves the pack for them",
            kind = difference.kind
        ),
        Some(row) if row.id == table::TRUSTED && !is_never => "a resource that the users of a pack allow may run nothing, grant nothing, open nothing and print no secret, in any argument".to_owned(),
        Some(row) if row.id != table::TRUSTED => {
            format!("a pack may have this here only as {}", row.allows)
        }
        _ => forbidden::why(difference).to_owned(),
    })
}

/// True if a fact of a posture is a name or a tag that allowances judge by its value. The proof of a pack does not
/// demand the intended value for it.
pub fn covers_fact(path: &str) -> bool {
    let keys: Vec<&str> = path.split('/').collect();
    matches!(
        keys.as_slice(),
        [_, "tags", ..] | [.., "role" | "secret", "name"] | [.., "security_groups", _, "name"]
    )
}

/// Returns the types that allowances name, for checks that know types only.
pub fn allowed_types() -> impl Iterator<Item = &'static str> {
    let cases = ALLOWANCES.iter().flat_map(|row| row.cases);
    let places = cases.flat_map(|case| case.places);
    places.flat_map(|place| place.kinds).copied()
}

/// True if a word is one of these; `aws_iam_*` and `*_policy` are families, and `*` matches all.
fn is_of(kinds: &[&str], kind: &str) -> bool {
    kinds.iter().any(|known| {
        let (start, end) = (known.strip_suffix('*'), known.strip_prefix('*'));
        match (start, end) {
            (Some(family), _) => kind.starts_with(family),
            (None, Some(family)) => kind.ends_with(family),
            (None, None) => *known == kind,
        }
    })
}

fn leads_to(pattern: &str, path: &[String]) -> bool {
    let mut keys = path.iter();
    for wanted in pattern.split('/') {
        if wanted == "**" {
            return true;
        }
        let Some(key) = keys.next() else {
            return false;
        };
        if !wanted.split('|').any(|one| is_of(&[one], key)) {
            return false;
        }
    }
    keys.next().is_none()
}
