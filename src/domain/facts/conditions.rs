//! Compares two policy conditions: one of them follows from the other if it holds in every request in which that one
//! holds.

use std::net::IpAddr;

use super::lexicon::Lexicon;
use super::words::{FactString, Ternary};
use crate::domain::iam::Condition;
use crate::domain::symbolic::SymbolicString;

/// The kind of comparison that an operator makes. Source: IAM User Guide, "IAM JSON policy elements: Condition
/// operators".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum OperatorKind {
    /// Compares character by character, case-sensitive.
    Exact,
    /// Compares character by character, case-insensitive.
    Folded,
    /// Compares with wildcards. `ArnEquals` and `ArnLike` "behave identically".
    Like,
    /// Compares with `true` or `false`.
    Bool,
    /// Holds if the key is absent from the request.
    Null,
    /// Compares with a range of IP addresses.
    Range,
}

/// The known operators in lower case, each with its kind and with `true` if it is negated.
const OPERATORS: &[(&str, OperatorKind, bool)] = &[
    ("stringequals", OperatorKind::Exact, false),
    ("stringnotequals", OperatorKind::Exact, true),
    ("stringequalsignorecase", OperatorKind::Folded, false),
    ("stringnotequalsignorecase", OperatorKind::Folded, true),
    ("stringlike", OperatorKind::Like, false),
    ("stringnotlike", OperatorKind::Like, true),
    ("arnequals", OperatorKind::Like, false),
    ("arnlike", OperatorKind::Like, false),
    ("arnnotequals", OperatorKind::Like, true),
    ("arnnotlike", OperatorKind::Like, true),
    ("bool", OperatorKind::Bool, false),
    ("null", OperatorKind::Null, false),
    ("ipaddress", OperatorKind::Range, false),
    ("notipaddress", OperatorKind::Range, true),
];

/// A condition, normalised for comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Test {
    /// The condition key in lower case: keys are case-insensitive. Source: IAM User Guide, "IAM JSON policy elements:
    /// Condition".
    pub(super) key: String,
    /// `forallvalues`, `foranyvalue`, or empty without a quantifier.
    quantifier: String,
    /// The kind of a known operator and `true` if it is negated; the bare name of an unknown operator, which compares
    /// by name only.
    operator: Result<(OperatorKind, bool), String>,
    /// True if the condition also holds when the key is absent.
    if_exists: bool,
    /// The values, of which any may match; a negated operator demands that none matches.
    pub(super) values: Vec<FactString>,
}

impl Test {
    pub(super) fn new(condition: &Condition, lexicon: &Lexicon) -> Self {
        let Condition {
            operator,
            key,
            values,
        } = condition;
        let operator = operator.to_ascii_lowercase();
        let (quantifier, operator) = operator.split_once(':').unwrap_or(("", &operator));
        let (operator, if_exists) = match operator.strip_suffix("ifexists") {
            Some(operator) => (operator, true),
            None => (operator, false),
        };
        let row = OPERATORS.iter().find(|(name, ..)| *name == operator);
        let known = row.map(|(_, kind, negated)| (*kind, *negated));
        let is_pattern = !matches!(known, Some((OperatorKind::Exact | OperatorKind::Folded, _)));
        let is_folded = matches!(
            known,
            Some((
                OperatorKind::Folded | OperatorKind::Bool | OperatorKind::Null,
                _
            ))
        );
        let word = |value: &SymbolicString| {
            if is_folded {
                lexicon.words(value, is_pattern).folded()
            } else {
                lexicon.words(value, is_pattern)
            }
        };
        let mut values: Vec<FactString> = values.iter().map(word).collect();
        values.sort();
        values.dedup();
        Self {
            key: key.to_ascii_lowercase(),
            quantifier: quantifier.to_owned(),
            // A negated operator holds anyway when the key is absent: nothing equals its values.
            if_exists: if_exists && !matches!(known, Some((_, true))),
            operator: known.ok_or_else(|| operator.to_owned()),
            values,
        }
    }

    /// True for a plain comparison that holds only if the key has one of the values.
    pub(super) fn names_values(&self) -> bool {
        let names = matches!(
            &self.operator,
            Ok((
                OperatorKind::Exact | OperatorKind::Folded | OperatorKind::Like,
                false
            ))
        );
        names && self.quantifier.is_empty() && !self.if_exists
    }

    /// Splits the condition into one per value, if a match of any value is enough.
    pub(super) fn alternatives(&self) -> Vec<Self> {
        let is_any = matches!(&self.operator, Ok((_, false))) && self.quantifier != "forallvalues";
        if !is_any || self.values.is_empty() {
            return vec![self.clone()];
        }
        let values = self.values.iter();
        let one = |value: &FactString| Self {
            values: vec![value.clone()],
            ..self.clone()
        };
        values.map(one).collect()
    }

    /// Returns `Yes` if this condition holds wherever `other` does.
    pub(super) fn follows(&self, other: &Self) -> Ternary {
        if self == other {
            return Ternary::Yes;
        }
        if let Some(answer) = self.follows_from_source(other) {
            return answer;
        }
        if self.key != other.key {
            return Ternary::No;
        }
        let (Ok((kind, negated)), Ok((other_kind, other_negated))) =
            (&self.operator, &other.operator)
        else {
            return Ternary::Maybe;
        };
        if self.quantifier != other.quantifier {
            return Ternary::Maybe;
        }
        if other.if_exists && !self.if_exists && !negated {
            return Ternary::No;
        }
        match (kind, other_kind) {
            (OperatorKind::Null, OperatorKind::Null) => Ternary::new(self.values == other.values),
            (OperatorKind::Null, _) => {
                let demands = !(*other_negated || other.if_exists);
                Ternary::new(demands && self.values == [FactString::pattern("false")])
            }
            (_, OperatorKind::Null) => Ternary::No,
            _ => self.compared(other, [*negated, *other_negated]),
        }
    }

    /// Compares the values; `negated` tells whether the operators of this condition and of the other one are negated.
    fn compared(&self, other: &Self, negated: [bool; 2]) -> Ternary {
        let each = |all: &[FactString],
                    any: &[FactString],
                    holds: fn(&Self, &Self, [&FactString; 2]) -> Ternary| {
            Ternary::all(all.iter().map(|one| {
                Ternary::any(
                    any.iter()
                        .map(|other_one| holds(self, other, [other_one, one])),
                )
            }))
        };
        match negated {
            // Each value of `other` is covered by one of these.
            [false, false] => each(&other.values, &self.values, |own, other, [wide, narrow]| {
                own.holds(other, wide, narrow)
            }),
            // Each value excluded here is excluded by `other`.
            [true, true] => each(&self.values, &other.values, |own, other, [wide, narrow]| {
                other.holds(own, wide, narrow)
            }),
            [true, false] => Ternary::all(
                other
                    .values
                    .iter()
                    .flat_map(|value| self.values.iter().map(move |own| own.excludes(value))),
            ),
            [false, true] => Ternary::No,
        }
    }

    /// Returns `Yes` if `wide`, compared as this condition compares, matches everything that `narrow` matches, compared
    /// as `other` compares.
    fn holds(&self, other: &Self, wide: &FactString, narrow: &FactString) -> Ternary {
        match (&self.operator, &other.operator) {
            (Ok((OperatorKind::Range, _)), Ok((OperatorKind::Range, _))) => ranges(wide, narrow),
            (Ok((OperatorKind::Folded, _)), Ok(_)) => wide.holds(&narrow.folded()),
            // `other` also matches different case, which this condition does not.
            (Ok(_), Ok((OperatorKind::Folded, _))) if !wide.is_everything() => Ternary::No,
            _ => wide.holds(narrow),
        }
    }

    /// Derives `aws:SourceAccount` from the account in `aws:SourceArn`; `None` for other keys.
    /// Source: IAM User Guide, "AWS global condition context keys" (aws:SourceArn, aws:SourceAccount).
    fn follows_from_source(&self, other: &Self) -> Option<Ternary> {
        let is_source = self.key == "aws:sourceaccount" && other.key == "aws:sourcearn";
        if !is_source || !self.names_values() || !other.names_values() {
            return None;
        }
        let values = other.values.iter();
        Some(Ternary::all(values.map(|arn| {
            let account = arn.step(4);
            Ternary::any(self.values.iter().map(|own| own.holds(&account)))
        })))
    }
}

/// Returns `Yes` if the address range `narrow` lies within `wide`.
fn ranges(wide: &FactString, narrow: &FactString) -> Ternary {
    if wide == narrow {
        return Ternary::Yes;
    }
    match (
        wide.text().as_deref().and_then(range),
        narrow.text().as_deref().and_then(range),
    ) {
        (Some((wide, length)), Some((narrow, other_length))) => {
            Ternary::new(length <= other_length && network(wide, length) == network(narrow, length))
        }
        _ => Ternary::Maybe,
    }
}

fn range(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = text.split_once('/').unwrap_or((text, ""));
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        "" => bits,
        length => length.parse().ok()?,
    };
    (length <= bits).then_some((address, length))
}

/// Returns the network bits of a range and `true` if it is IPv4.
fn network(address: IpAddr, length: u32) -> (bool, u128) {
    let (bits, all) = match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    (
        address.is_ipv4(),
        bits.checked_shr(all - length).unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::Ternary::{Maybe, No, Yes};
    use super::*;
    use crate::domain::symbolic::{Symbol, SymbolicPart};

    fn test(text: &str) -> Test {
        let mut words = text.split(' ');
        let [operator, key] = [(); 2].map(|()| words.next().unwrap().to_owned());
        let value = |word: &str| match word {
            "<account>" => SymbolicString::thing(Symbol::Account),
            "[x]" => SymbolicString(vec![SymbolicPart::Unknown("x".to_owned())]),
            word => SymbolicString::text(word),
        };
        let condition = Condition {
            operator,
            key,
            values: words.map(value).collect(),
        };
        Test::new(&condition, &Lexicon::default())
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table")]
    fn a_condition_holds_wherever_a_stricter_one_does() {
        for (weak, strict, expected) in [
            ("StringEquals k a b", "StringEquals K a", Yes),
            ("StringEquals k a", "StringEquals k a b", No),
            ("StringLike k a*", "StringEquals k ab", Yes),
            ("StringEquals k a*", "StringEquals k ab", No),
            ("StringEquals k ab", "StringLike k a*", No),
            ("StringEqualsIgnoreCase k A", "StringEquals k a", Yes),
            ("StringEquals k a", "StringEqualsIgnoreCase k a", No),
            ("ArnEquals k arn:a:*", "ArnLike k arn:a:b", Yes),
            ("StringEqualsIfExists k a", "StringEquals k a", Yes),
            ("StringEquals k a", "StringEqualsIfExists k a", No),
            ("StringNotEquals k a", "StringNotEquals k a b", Yes),
            ("StringNotEquals k a b", "StringNotEquals k a", No),
            ("StringNotLike k ab", "StringNotLike k a*", Yes),
            ("StringNotEquals k a", "StringEquals k b", Yes),
            ("StringNotEquals k a", "StringEquals k a", No),
            ("StringEquals k a", "StringNotEquals k b", No),
            ("Bool k FALSE", "Bool k false", Yes),
            ("BoolIfExists k false", "Bool k false", Yes),
            ("Bool k false", "BoolIfExists k false", No),
            ("Null k false", "StringEquals k a", Yes),
            ("Null k false", "StringNotEquals k a", No),
            ("Null k true", "StringEquals k a", No),
            ("IpAddress k 10.0.0.0/8", "IpAddress k 10.1.0.0/16", Yes),
            ("IpAddress k 10.1.0.0/16", "IpAddress k 10.0.0.0/8", No),
            ("IpAddress k 10.0.0.1", "IpAddress k 10.0.0.1/32", Yes),
            ("IpAddress k 0.0.0.0/0", "IpAddress k ::/0", No),
            (
                "NotIpAddress k 10.1.0.0/16",
                "NotIpAddress k 10.0.0.0/8",
                Yes,
            ),
            ("StringEquals k a", "StringEquals j a", No),
            ("NumericLessThan k 1", "NumericLessThan k 2", Maybe),
            ("NumericLessThan k 1", "NumericLessThan k 1", Yes),
            (
                "ForAllValues:StringEquals k a b",
                "ForAllValues:StringEquals k a",
                Yes,
            ),
            ("ForAllValues:StringEquals k a", "StringEquals k a", Maybe),
            (
                "StringEquals k <account>",
                "StringEquals k 123456789012",
                Maybe,
            ),
            ("StringEquals k [x]", "StringEquals k a", Maybe),
            (
                "StringEquals aws:SourceAccount 1",
                "ArnLike aws:SourceArn arn:aws:rds:e:1:p",
                Yes,
            ),
            (
                "StringEquals aws:SourceAccount 1",
                "ArnLike aws:SourceArn arn:aws:rds:e:2:p",
                No,
            ),
            (
                "StringEquals aws:SourceAccount 1",
                "ArnLike aws:SourceArn arn:aws:rds:e:*:p",
                No,
            ),
        ] {
            assert_eq!(
                test(weak).follows(&test(strict)),
                expected,
                "{weak} | {strict}"
            );
        }
    }
}
