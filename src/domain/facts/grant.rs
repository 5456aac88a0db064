//! One grant or denial of a policy, and whether it lies within another one.

use super::conditions::Test;
use super::words::{FactString, Ternary};

/// More alternatives of one condition after the other than this are compared as they stand.
const MAX_ALTERNATIVES: usize = 64;

/// What an element of a statement names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named<T> {
    Everything,
    One(T),
    AllBut(Vec<T>),
}

/// A principal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GrantPrincipal {
    /// `AWS`, `Service` or another kind.
    pub(super) kind: String,
    pub(super) name: FactString,
    /// Everyone in the account, where a whole account is meant.
    pub(super) everyone: Option<FactString>,
}

/// A grant or a denial: one principal, one action, one resource, under all of the conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FactGrant {
    /// As people read it.
    pub(super) text: String,
    pub(super) denies: bool,
    pub(super) who: Named<GrantPrincipal>,
    pub(super) action: Named<FactString>,
    pub(super) resource: Named<FactString>,
    pub(super) conditions: Vec<Test>,
    /// Why it is not wholly known, or not taken apart.
    pub(super) unknown: Option<String>,
    /// It is the whole of a statement that is too long to be taken apart.
    pub(super) is_whole: bool,
}

impl FactGrant {
    /// True for the same in other words.
    pub(super) fn is(&self, other: &Self) -> bool {
        let parts = |one: &Self| (one.denies, one.is_whole);
        parts(self) == parts(other)
            && (!self.is_whole || self.text == other.text)
            && (&self.action, &self.who) == (&other.action, &other.who)
            && (&self.resource, &self.conditions) == (&other.resource, &other.conditions)
    }

    /// Whether everything that the other one is about, this one is about.
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

    /// Whether every condition of this one holds where those of the other one do.
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

    /// The same as several, which have one value in each condition.
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

/// What an element of a statement names one by one.
pub(super) trait ElementName {
    /// Whether whatever the other one means, this one means too.
    fn holds(&self, other: &Self) -> Ternary;
    /// Whether nothing is meant by both.
    fn excludes(&self, other: &Self) -> Ternary;
    /// True where nothing is known of it, so that it may be `*`.
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
        match self.kind == other.kind {
            true => self.name.excludes(&other.name),
            false => Ternary::Yes,
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
            (Self::One(one), Self::Everything | Self::AllBut(_)) => match one.may_be_everything() {
                true => Ternary::Maybe,
                false => Ternary::No,
            },
            (Self::AllBut(left_out), Self::One(one)) => {
                Ternary::all(left_out.iter().map(|out| out.excludes(one)))
            }
            (Self::AllBut(left_out), Self::Everything) => Ternary::of(left_out.is_empty()),
            (Self::AllBut(left_out), Self::AllBut(others)) => {
                let is_out_too = |out| Ternary::any(others.iter().map(|other| other.holds(out)));
                Ternary::all(left_out.iter().map(is_out_too))
            }
        }
    }
}
