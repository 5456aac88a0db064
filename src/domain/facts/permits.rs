//! Compares two sets of grants and denials and returns what only one of them has.

use super::grant::FactGrant;
use super::words::Ternary;

/// The maximum number of pairs to compare; above it, every answer stays open.
const MAX_PAIRS: usize = 1 << 20;

/// A grant or denial of one side that the other side does not cover.
#[derive(Debug)]
pub(super) struct PermitChange<'g> {
    pub(super) grant: &'g FactGrant,
    /// True if it is new, false if it is gone.
    pub(super) is_new: bool,
    /// The narrower or wider grants that the other side has in its place.
    pub(super) instead: Vec<&'g FactGrant>,
    /// The reason why coverage by the other side cannot be decided; `None` if it can.
    pub(super) open: Option<String>,
}

impl PermitChange<'_> {
    /// True if more is permitted: by a new grant, or by a denial that is gone.
    pub(super) fn is_more(&self) -> bool {
        self.is_new != self.grant.denies
    }
}

/// Returns the grants and denials that only one side has.
pub(super) fn changes<'g>(
    intent: &'g [FactGrant],
    actual: &'g [FactGrant],
) -> Vec<PermitChange<'g>> {
    let gone = missing(intent, actual, false);
    let new = missing(actual, intent, true);
    gone.into_iter().chain(new).collect()
}

/// Returns the grants that `others` do not cover.
fn missing<'g>(
    grants: &'g [FactGrant],
    others: &'g [FactGrant],
    is_new: bool,
) -> Vec<PermitChange<'g>> {
    let left: Vec<&FactGrant> = grants
        .iter()
        .filter(|grant| !others.iter().any(|other| grant.is(other)))
        .collect();
    let is_too_much = left.len().saturating_mul(others.len()) > MAX_PAIRS;
    let change = |grant: &'g FactGrant| {
        let held = if is_too_much {
            Ternary::Maybe
        } else {
            held(grant, others)
        };
        let open = match held {
            Ternary::Yes => return None,
            Ternary::No if grant.unknown.is_none() => None,
            Ternary::No | Ternary::Maybe => Some(reason(grant, others)),
        };
        let related = |other: &&FactGrant| {
            !is_too_much && grant.holds(other).max(other.holds(grant)) == Ternary::Yes
        };
        Some(PermitChange {
            grant,
            is_new,
            instead: others.iter().filter(related).collect(),
            open,
        })
    };
    left.into_iter().filter_map(change).collect()
}

fn held(grant: &FactGrant, others: &[FactGrant]) -> Ternary {
    let alternatives = grant.alternatives();
    Ternary::all(
        alternatives
            .iter()
            .map(|one| Ternary::any(others.iter().map(|other| other.holds(one)))),
    )
}

fn reason(grant: &FactGrant, others: &[FactGrant]) -> String {
    let mut known = std::iter::once(grant).chain(others);
    let known = known.find_map(|grant| grant.unknown.clone());
    known.unwrap_or_else(|| "what is compared with it has no name before it is deployed".to_owned())
}
