//! One grant or denial of a policy, and the test of whether it covers another one.

use super::conditions::Test;
use super::words::{FactString, Ternary};

/// The maximum number of single-value alternatives that a grant is split into; above it, the conditions are compared
/// unsplit.
const MAX_ALTERNATIVES: usize = 64;

/// The values that an element of a statement matches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named<T> {
    Everything,
    One(T),
    AllBut(Vec<T>),
}

/// A principal of a grant or denial.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GrantPrincipal {
    /// The type of principal: `AWS`, `Service` or another one.
    pub(super) kind: String,
    pub(super) name: FactString,
    /// The pattern for all principals of an account, if the principal is a whole account.
    pub(super) everyone: Option<FactString>,
}

/// A grant or a denial of one action to one principal on one resource, under all of the conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FactGrant {
    /// The grant as shown in reports.
    pub(super) text: String,
    pub(super) denies: bool,
    pub(super) who: Named<GrantPrincipal>,
    pub(super) action: Named<FactString>,
    pub(super) resource: Named<FactString>,
    pub(super) conditions: Vec<Test>,
    /// The reason why it is not fully known; `None` if it is.
    pub(super) unknown: Option<String>,
    /// True for a whole statement that is too large to be split into grants.
    pub(super) is_whole: bool,
}

impl FactGrant {
    /// True if both match the same requests, whatever their texts.
    pub(super) fn is(&self, other: &Self) -> bool {
        let parts = |one: &Self| (one.denies, one.is_whole);
        parts(self) == parts(other)
            && (!self.is_whole || self.text == other.text)
            && (&self.action, &self.who) == (&other.action, &other.who)
            && (&self.resource, &self.conditions) == (&other.resource, &other.conditions)
    }

    /// Returns `Yes` if this one covers every request that `other` covers.
    pub(super) fn holds(&self, other: &Self) -> Ternary {
        if self.is(other) {
            return Ternary::Yes;
        }
        if self.denies != other.denies {
            return Ternary::No;
        }
        if self.is_whole || other.is_whole {
            return Ternary::Maybe;
        }
        let elements = [
            &|| self.action.holds(&other.action),
            &|| self.who.holds(&other.who),
            &|| self.resource.holds(&other.resource),
            &|| self.conditions_hold(other),
        ] as [&dyn Fn() -> Ternary; 4];
        Ternary::all(elements.into_iter().map(|element| element()))
    }

    /// Returns `Yes` if every condition of this one holds wherever those of `other` hold.
    fn conditions_hold(&self, other: &Self) -> Ternary {
        let conditions = self.conditions.iter();
        Ternary::all(conditions.map(|own| {
            Ternary::any(
                other
                    .conditions
                    .iter()
                    .map(|stricter| own.follows(stricter)),
            )
        }))
    }

    /// Splits the grant into several that have one value per condition each.
    pub(super) fn alternatives(&self) -> Vec<Self> {
        let mut all = vec![self.clone()];
        for (at, condition) in self.conditions.iter().enumerate() {
            let alternatives = condition.alternatives();
            if all.len().saturating_mul(alternatives.len()) > MAX_ALTERNATIVES {
                return vec![self.clone()];
            }
            all = all
                .iter()
                .flat_map(|grant| alternatives.iter().map(move |one| grant.with(at, one)))
                .collect();
        }
        all
    }

    fn with(&self, at: usize, condition: &Test) -> Self {
        let mut grant = self.clone();
        if let Some(place) = grant.conditions.get_mut(at) {
            place.clone_from(condition);
        }
        grant
    }
}

/// A single value of an element of a statement.
pub(super) trait ElementName {
    /// Returns `Yes` if this value matches everything that `other` matches.
    fn holds(&self, other: &Self) -> Ternary;
    /// Returns `Yes` if nothing matches both values.
    fn excludes(&self, other: &Self) -> Ternary;
    /// True if nothing is known about the value, so that it may be `*`.
    fn may_be_everything(&self) -> bool;
}

impl ElementName for FactString {
    fn holds(&self, other: &Self) -> Ternary {
        self.holds(other)
    }

    fn excludes(&self, other: &Self) -> Ternary {
        self.excludes(other)
    }

    fn may_be_everything(&self) -> bool {
        self.is_open()
    }
}

impl ElementName for GrantPrincipal {
    fn holds(&self, other: &Self) -> Ternary {
        if self.kind != other.kind {
            return Ternary::No;
        }
        let everyone = self.everyone.iter();
        let accounts = everyone.map(|everyone| everyone.holds(&other.name));
        Ternary::any(std::iter::once(self.name.holds(&other.name)).chain(accounts))
    }

    fn excludes(&self, other: &Self) -> Ternary {
        if self.kind == other.kind {
            self.name.excludes(&other.name)
        } else {
            Ternary::Yes
        }
    }

    fn may_be_everything(&self) -> bool {
        self.kind == "AWS" && self.name.is_open()
    }
}

impl<T: ElementName> Named<T> {
    fn holds(&self, other: &Self) -> Ternary {
        match (self, other) {
            (Self::Everything, _) => Ternary::Yes,
            (Self::One(wide), Self::One(narrow)) => wide.holds(narrow),
            (Self::One(one), Self::Everything | Self::AllBut(_)) => {
                if one.may_be_everything() {
                    Ternary::Maybe
                } else {
                    Ternary::No
                }
            }
            (Self::AllBut(left_out), Self::One(one)) => {
                Ternary::all(left_out.iter().map(|out| out.excludes(one)))
            }
            (Self::AllBut(left_out), Self::Everything) => Ternary::new(left_out.is_empty()),
            (Self::AllBut(left_out), Self::AllBut(others)) => {
                let is_out_too = |out| Ternary::any(others.iter().map(|other| other.holds(out)));
                Ternary::all(left_out.iter().map(is_out_too))
            }
        }
    }
}
