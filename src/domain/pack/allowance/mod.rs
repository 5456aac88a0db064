//! What a pack may change in the rendered files: a closed list. Every difference from what the built-in templates render for the
//! same spec falls under an [`Allowance`], or the pack is refused.
//!
//! How files become entries is not known here: a [`EntryDifference`] names a place by the keys that lead to it, and carries the two
//! values in canonical form.

mod backend;
mod forbidden;
mod hcl;
mod kinds;
mod table;
mod values;

pub use forbidden::{FORBIDDEN, Forbidden, is_forbidden_type};
pub use table::ALLOWANCES;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileLanguage {
    /// Terraform and OpenTofu configuration.
    Terraform,
    /// Values of Terraform variables.
    Values,
    /// A CloudFormation template.
    CloudFormation,
    /// Prose, which no tool executes.
    Text,
    /// Everything else: tests, SQL, clients, parameter files.
    Other,
}

/// What happened to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryChange {
    /// It belongs to a block or resource that the built-in templates do not render.
    New,
    /// It was added to a block or resource that the built-in templates render.
    Added,
    /// It has another value.
    Changed,
    /// It is gone.
    Removed,
}

/// An entry that the pack renders differently from the built-in templates.
#[derive(Clone, Copy, Debug)]
pub struct EntryDifference<'d> {
    /// How its file is read.
    pub language: FileLanguage,
    /// The keys that lead to it: `resource`, `aws_db_proxy`, `this`, `require_tls`.
    pub path: &'d [String],
    /// The type of the resource or data source it belongs to; empty where there is none.
    pub kind: &'d str,
    /// What happened.
    pub change: EntryChange,
    /// The built-in value, in canonical form.
    pub before: Option<&'d str>,
    /// The pack's value, in canonical form.
    pub after: Option<&'d str>,
    /// What was asked for.
    pub asked: AskedSpec<'d>,
}

impl EntryDifference<'_> {
    /// Whether the user allows this pack resources of the type.
    fn allows_kind(&self) -> bool {
        self.asked.allowed.iter().any(|kind| kind == self.kind)
    }
}

/// What the spec asks for, as far as an allowance depends on it.
#[derive(Clone, Copy, Debug)]
pub struct AskedSpec<'d> {
    /// The name of the proxy.
    pub proxy: &'d str,
    /// Whether it names a topic that alarms notify.
    pub has_topic: bool,
    /// How many days its log is kept.
    pub retention_days: u32,
    /// The types of resources that the user's trust file allows this pack and signer.
    pub allowed: &'d [String],
}

/// Something that a pack may change.
#[derive(Debug)]
pub struct Allowance {
    /// A short name.
    pub id: &'static str,
    /// What is allowed, in one sentence for a pack's author.
    pub allows: &'static str,
    cases: &'static [CoveredCase],
}

/// Which differences an allowance covers.
#[derive(Debug)]
struct CoveredCase {
    changes: &'static [EntryChange],
    places: &'static [EntryPlace],
    value: fn(&EntryDifference<'_>) -> bool,
}

/// Where entries stand.
#[derive(Debug)]
struct EntryPlace {
    language: FileLanguage,
    /// The types of resources, with `*` at the end for a family; any where there are none.
    kinds: &'static [&'static str],
    /// Keys with `/` between them: `*` is any key, `a|b` either, and `**` at the end everything from there on.
    path: &'static str,
}

impl CoveredCase {
    /// Whether it speaks of this place and this kind of change, whatever the value.
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

/// The allowance that a difference falls under, or why no pack may make it.
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

/// Whether a fact of a posture is a name or a tag that allowances judge by its value: a proof of a pack need not find it as it was meant.
pub fn covers_fact(path: &str) -> bool {
    let keys: Vec<&str> = path.split('/').collect();
    matches!(
        keys.as_slice(),
        [_, "tags", ..] | [.., "role" | "secret", "name"] | [.., "security_groups", _, "name"]
    )
}

/// The types that an allowance names, for checks that know types only.
pub fn allowed_types() -> impl Iterator<Item = &'static str> {
    let cases = ALLOWANCES.iter().flat_map(|row| row.cases);
    let places = cases.flat_map(|case| case.places);
    places.flat_map(|place| place.kinds).copied()
}

/// Whether a word is one of these; `aws_iam_*` and `*_policy` stand for families, and `*` for all.
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
