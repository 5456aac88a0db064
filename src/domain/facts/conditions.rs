//! Whether a condition of a policy holds wherever another one does.

use std::net::IpAddr;

use super::lexicon::Lexicon;
use super::words::{Answer, Words};
use crate::domain::iam::Condition;
use crate::domain::term::Term;

/// What an operator compares. Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// Letter by letter.
    Exact,
    /// The same, small and large letters alike.
    Folded,
    /// Wildcards stand for letters. `ArnEquals` and `ArnLike` "behave identically".
    Like,
    /// A switch.
    Bool,
    /// True where there is no such key.
    Null,
    /// A range of addresses.
    Range,
}

/// Operators, whether they are negations.
const OPERATORS: &[(&str, Kind, bool)] = &[
    ("stringequals", Kind::Exact, false),
    ("stringnotequals", Kind::Exact, true),
    ("stringequalsignorecase", Kind::Folded, false),
    ("stringnotequalsignorecase", Kind::Folded, true),
    ("stringlike", Kind::Like, false),
    ("stringnotlike", Kind::Like, true),
    ("arnequals", Kind::Like, false),
    ("arnlike", Kind::Like, false),
    ("arnnotequals", Kind::Like, true),
    ("arnnotlike", Kind::Like, true),
    ("bool", Kind::Bool, false),
    ("null", Kind::Null, false),
    ("ipaddress", Kind::Range, false),
    ("notipaddress", Kind::Range, true),
];

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Test {
    /// In small letters: keys do not distinguish case. Source: IAM User Guide, "IAM JSON policy elements: Condition".
    pub(super) key: String,
    /// `forallvalues`, `foranyvalue` or nothing.
    quantifier: String,
    /// Of an operator that is not known here, the name is all that can be compared.
    operator: Result<(Kind, bool), String>,
    /// It holds too where there is no such key.
    if_exists: bool,
    /// Any of them, of a negation none of them.
    pub(super) values: Vec<Words>,
}

impl Test {
    pub(super) fn of(condition: &Condition, lexicon: &Lexicon) -> Self {
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
        let is_pattern = !matches!(known, Some((Kind::Exact | Kind::Folded, _)));
        let is_folded = matches!(known, Some((Kind::Folded | Kind::Bool | Kind::Null, _)));
        let word = |value: &Term| match is_folded {
            true => lexicon.words(value, is_pattern).folded(),
            false => lexicon.words(value, is_pattern),
        };
        let mut values: Vec<Words> = values.iter().map(word).collect();
        values.sort();
        values.dedup();
        Self {
            key: key.to_ascii_lowercase(),
            quantifier: quantifier.to_owned(),
            // Where there is no such key, nothing is equal to it.
            if_exists: if_exists && !matches!(known, Some((_, true))),
            operator: known.ok_or_else(|| operator.to_owned()),
            values,
        }
    }

    /// True for a plain comparison that holds where the key has one of its values.
    pub(super) fn names_values(&self) -> bool {
        let names = matches!(
            &self.operator,
            Ok((Kind::Exact | Kind::Folded | Kind::Like, false))
        );
        names && self.quantifier.is_empty() && !self.if_exists
    }

    /// The same with one of the values each, where any of them is enough.
    pub(super) fn alternatives(&self) -> Vec<Self> {
        let is_any = matches!(&self.operator, Ok((_, false))) && self.quantifier != "forallvalues";
        if !is_any || self.values.is_empty() {
            return vec![self.clone()];
        }
        let values = self.values.iter();
        let one = |value: &Words| Self {
            values: vec![value.clone()],
            ..self.clone()
        };
        values.map(one).collect()
    }

    /// Whether it holds wherever the other one does.
    pub(super) fn follows(&self, other: &Self) -> Answer {
        if self == other {
            return Answer::Yes;
        }
        if let Some(answer) = self.follows_from_source(other) {
            return answer;
        }
        if self.key != other.key {
            return Answer::No;
        }
        let (Ok((kind, negated)), Ok((other_kind, other_negated))) =
            (&self.operator, &other.operator)
        else {
            return Answer::Maybe;
        };
        if self.quantifier != other.quantifier {
            return Answer::Maybe;
        }
        if other.if_exists && !self.if_exists && !negated {
            return Answer::No;
        }
        match (kind, other_kind) {
            (Kind::Null, Kind::Null) => Answer::of(self.values == other.values),
            (Kind::Null, _) => {
                let demands = !(*other_negated || other.if_exists);
                Answer::of(demands && self.values == [Words::pattern("false")])
            }
            (_, Kind::Null) => Answer::No,
            _ => self.compared((*negated, other), *other_negated),
        }
    }

    fn compared(&self, (negated, other): (bool, &Self), other_negated: bool) -> Answer {
        let each =
            |all: &[Words], any: &[Words], holds: fn(&Self, &Self, [&Words; 2]) -> Answer| {
                Answer::all(all.iter().map(|one| {
                    Answer::any(
                        any.iter()
                            .map(|other_one| holds(self, other, [other_one, one])),
                    )
                }))
            };
        match (negated, other_negated) {
            // Every value of the other one is one of these.
            (false, false) => each(&other.values, &self.values, |own, other, [wide, narrow]| {
                own.holds(other, wide, narrow)
            }),
            // Whatever is kept out here, the other one keeps out.
            (true, true) => each(&self.values, &other.values, |own, other, [wide, narrow]| {
                other.holds(own, wide, narrow)
            }),
            (true, false) => Answer::all(
                other
                    .values
                    .iter()
                    .flat_map(|value| self.values.iter().map(move |own| own.excludes(value))),
            ),
            (false, true) => Answer::No,
        }
    }

    /// Whether what fits `narrow` as the other one compares fits `wide` as this one does.
    fn holds(&self, other: &Self, wide: &Words, narrow: &Words) -> Answer {
        match (&self.operator, &other.operator) {
            (Ok((Kind::Range, _)), Ok((Kind::Range, _))) => ranges(wide, narrow),
            (Ok((Kind::Folded, _)), Ok(_)) => wide.holds(&narrow.folded()),
            // Letters that are large fit the other one, and not this one.
            (Ok(_), Ok((Kind::Folded, _))) if !wide.is_everything() => Answer::No,
            _ => wide.holds(narrow),
        }
    }

    /// The account is a part of the ARN, where both are about the source of a call.
    /// Source: IAM User Guide, "AWS global condition context keys" (aws:SourceArn, aws:SourceAccount).
    fn follows_from_source(&self, other: &Self) -> Option<Answer> {
        let is_source = self.key == "aws:sourceaccount" && other.key == "aws:sourcearn";
        if !is_source || !self.names_values() || !other.names_values() {
            return None;
        }
        let values = other.values.iter();
        Some(Answer::all(values.map(|arn| {
            let account = arn.step(4);
            Answer::any(self.values.iter().map(|own| own.holds(&account)))
        })))
    }
}

/// Whether one range of addresses lies in another one.
fn ranges(wide: &Words, narrow: &Words) -> Answer {
    if wide == narrow {
        return Answer::Yes;
    }
    match (
        wide.text().as_deref().and_then(range),
        narrow.text().as_deref().and_then(range),
    ) {
        (Some((wide, length)), Some((narrow, other_length))) => {
            Answer::of(length <= other_length && network(wide, length) == network(narrow, length))
        }
        _ => Answer::Maybe,
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

/// The bits that all addresses of a range have in common, and of which kind they are.
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
    use super::Answer::{Maybe, No, Yes};
    use super::*;
    use crate::domain::term::{Part, Thing};

    fn test(text: &str) -> Test {
        let mut words = text.split(' ');
        let [operator, key] = [(); 2].map(|()| words.next().unwrap().to_owned());
        let value = |word: &str| match word {
            "<account>" => Term::thing(Thing::Account),
            "[x]" => Term(vec![Part::Unknown("x".to_owned())]),
            word => Term::text(word),
        };
        let condition = Condition {
            operator,
            key,
            values: words.map(value).collect(),
        };
        Test::of(&condition, &Lexicon::default())
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
