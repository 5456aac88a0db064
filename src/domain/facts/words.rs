//! Policy strings with their wildcards, and the test of whether one string matches everything that another one matches.

/// The maximum number of steps of one comparison: names have a few hundred characters. Longer strings stay undecided.
const MAX_STEPS: usize = 1 << 20;

/// The answer to a question about something that may be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ternary {
    No,
    Maybe,
    Yes,
}

impl Ternary {
    pub(super) fn new(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }

    /// Lowers `Yes` to `Maybe`.
    fn perhaps(self) -> Self {
        self.min(Self::Maybe)
    }

    /// Returns the lowest answer; stops at the first `No`.
    pub(super) fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut least = Self::Yes;
        for answer in answers {
            least = least.min(answer);
            if least == Self::No {
                break;
            }
        }
        least
    }

    /// Returns the highest answer; stops at the first `Yes`.
    pub(super) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut best = Self::No;
        for answer in answers {
            best = best.max(answer);
            if best == Self::Yes {
                break;
            }
        }
        best
    }
}

/// A piece of a string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum StringToken {
    Letter(char),
    /// `?`: any single character.
    One,
    /// `*`: any number of characters, or none.
    Many,
    /// A thing whose name is not known yet, by all labels that it has here.
    Thing(Vec<String>, Extent),
    /// A part that is unresolved, with the reason.
    Unknown(String),
}

/// The texts that a thing without a known name may turn out to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// None that anyone could write literally; if it has a literal form, that is in [`FactString::written`].
    Apart,
    /// Any single segment of an ARN.
    Step,
    /// Any text, including several segments of an ARN.
    Whole,
}

/// A policy string, as tokens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FactString {
    pub(super) tokens: Vec<StringToken>,
    /// The literal form, with the names of things filled in; `None` if it equals `tokens`.
    pub(super) written: Option<Vec<StringToken>>,
}

impl FactString {
    /// Creates a pattern in which `*` and `?` are wildcards.
    pub(super) fn pattern(text: &str) -> Self {
        Self {
            tokens: tokens(text, true),
            written: None,
        }
    }

    /// True for `*` alone, which matches every text.
    pub(super) fn is_everything(&self) -> bool {
        !self.tokens.is_empty() && self.tokens.iter().all(|token| *token == StringToken::Many)
    }

    /// True if nothing is known about the string.
    pub(super) fn is_open(&self) -> bool {
        let mut tokens = self.tokens.iter();
        let is_open =
            |token: &StringToken| matches!(token, StringToken::Many | StringToken::Unknown(_));
        tokens.clone().all(is_open) && tokens.any(|token| matches!(token, StringToken::Unknown(_)))
    }

    fn has_wildcard(&self) -> bool {
        let mut tokens = self.tokens.iter();
        tokens.any(|token| matches!(token, StringToken::One | StringToken::Many))
    }

    /// Returns the string as text; `None` if a part of it is open.
    pub(super) fn text(&self) -> Option<String> {
        let tokens = self.written.as_ref().unwrap_or(&self.tokens).iter();
        tokens
            .map(|token| match token {
                StringToken::Letter(letter) => Some(*letter),
                StringToken::One => Some('?'),
                StringToken::Many => Some('*'),
                StringToken::Thing(..) | StringToken::Unknown(_) => None,
            })
            .collect()
    }

    /// Returns the colon-separated segment at this index, in its literal form.
    pub(super) fn step(&self, number: usize) -> Self {
        let tokens = self.written.as_ref().unwrap_or(&self.tokens);
        let mut steps = tokens.split(|token| *token == StringToken::Letter(':'));
        Self {
            tokens: steps.nth(number).unwrap_or_default().to_vec(),
            written: None,
        }
    }

    /// Returns the string in lower case.
    pub(super) fn folded(&self) -> Self {
        let fold = |tokens: &Vec<StringToken>| {
            let tokens = tokens.iter().map(|token| match token {
                StringToken::Letter(letter) => StringToken::Letter(letter.to_ascii_lowercase()),
                other => other.clone(),
            });
            tokens.collect()
        };
        Self {
            tokens: fold(&self.tokens),
            written: self.written.as_ref().map(fold),
        }
    }

    /// Returns `Yes` if this string matches everything that `other` matches.
    pub(super) fn holds(&self, other: &Self) -> Ternary {
        let called = holds(&self.tokens, &other.tokens);
        let are_things = [self, other].iter().all(|words| words.is_thing());
        if called == Ternary::Yes || are_things || (&self.written, &other.written) == (&None, &None)
        {
            return called;
        }
        let [wide, narrow] = [self, other].map(|one| one.written.as_ref().unwrap_or(&one.tokens));
        holds(wide, narrow)
    }

    /// Returns `Yes` if no text matches both.
    pub(super) fn excludes(&self, other: &Self) -> Ternary {
        match self.holds(other).max(other.holds(self)) {
            Ternary::Yes => Ternary::No,
            Ternary::No if !(self.has_wildcard() && other.has_wildcard()) => Ternary::Yes,
            Ternary::No | Ternary::Maybe => Ternary::Maybe,
        }
    }

    fn is_thing(&self) -> bool {
        matches!(self.tokens.as_slice(), [StringToken::Thing(..)])
    }
}

/// Splits a text into tokens.
pub(super) fn tokens(text: &str, has_wildcards: bool) -> Vec<StringToken> {
    let letters = text.chars().map(|letter| match letter {
        '*' if has_wildcards => StringToken::Many,
        '?' if has_wildcards => StringToken::One,
        letter => StringToken::Letter(letter),
    });
    letters.collect()
}

/// Returns `Yes` if `wide` matches everything that `narrow` matches.
fn holds(wide: &[StringToken], narrow: &[StringToken]) -> Ternary {
    if wide == narrow {
        return Ternary::Yes;
    }
    if starts_apart(wide.first(), narrow.first()) || starts_apart(wide.last(), narrow.last()) {
        return Ternary::No;
    }
    if wide.len().saturating_mul(narrow.len()) > MAX_STEPS {
        return Ternary::Maybe;
    }
    // The answers for the rest of `wide` against each rest of `narrow`, from the end: no recursion, no stack overflow.
    let mut rests: Vec<Ternary> = vec![Ternary::No; narrow.len() + 1];
    if let Some(last) = rests.last_mut() {
        *last = Ternary::Yes;
    }
    for at in (0..narrow.len()).rev() {
        let is_open = matches!(narrow[at], StringToken::Unknown(_));
        rests[at] = if is_open {
            rests[at + 1].perhaps()
        } else {
            Ternary::No
        };
    }
    for token in wide.iter().rev() {
        let mut next = vec![ended(token, rests[narrow.len()]); narrow.len() + 1];
        for at in (0..narrow.len()).rev() {
            // Both advance, only `wide` does, only `narrow` does.
            let ways = [rests[at + 1], rests[at], next[at + 1]];
            next[at] = step(token, &narrow[at], ways);
        }
        rests = next;
    }
    rests[0]
}

fn starts_apart(one: Option<&StringToken>, other: Option<&StringToken>) -> bool {
    match (one, other) {
        (Some(StringToken::Letter(one)), Some(StringToken::Letter(other))) => one != other,
        _ => false,
    }
}

/// Returns the answer when `narrow` is used up.
fn ended(wide: &StringToken, rest: Ternary) -> Ternary {
    match wide {
        StringToken::Many => rest,
        StringToken::Unknown(_) => rest.perhaps(),
        StringToken::Letter(_) | StringToken::One | StringToken::Thing(..) => Ternary::No,
    }
}

fn step(
    wide: &StringToken,
    narrow: &StringToken,
    [both, only_wide, only_narrow]: [Ternary; 3],
) -> Ternary {
    match (wide, narrow) {
        (StringToken::Many, _) => only_wide.max(only_narrow),
        (StringToken::Unknown(one), StringToken::Unknown(other)) if one == other => both,
        (StringToken::Unknown(_), _) | (_, StringToken::Unknown(_)) => {
            both.max(only_wide).max(only_narrow).perhaps()
        }
        (StringToken::Thing(one, _), StringToken::Thing(other, _)) => {
            if one.iter().any(|name| other.contains(name)) {
                both
            } else {
                Ternary::No
            }
        }
        (_, StringToken::Many) => Ternary::No,
        (StringToken::Thing(_, extent), letter) if may_hold(*extent, letter) => {
            both.max(only_narrow).perhaps()
        }
        (letter, StringToken::Thing(_, extent)) if may_hold(*extent, letter) => {
            both.max(only_wide).perhaps()
        }
        (StringToken::Thing(..), _) | (_, StringToken::Thing(..)) => Ternary::No,
        (StringToken::One, StringToken::Letter(_) | StringToken::One) => both,
        (StringToken::Letter(one), StringToken::Letter(other)) if one == other => both,
        (StringToken::Letter(_), StringToken::Letter(_) | StringToken::One) => Ternary::No,
    }
}

fn may_hold(extent: Extent, letter: &StringToken) -> bool {
    match extent {
        Extent::Apart => false,
        Extent::Step => !matches!(letter, StringToken::Letter(':' | '/' | '.')),
        Extent::Whole => true,
    }
}

#[cfg(test)]
mod tests {
    use super::Ternary::{Maybe, No, Yes};
    use super::*;

    /// Parses `<x>` as a thing that may be any segment, `{x}` as a thing that no literal text names, `[x]` as unknown.
    fn words(text: &str) -> FactString {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['<', '{', '[']) {
            let end = rest[at..].find(['>', '}', ']']).unwrap() + at;
            let name = rest[at + 1..end].to_owned();
            tokens.extend(super::tokens(&rest[..at], true));
            tokens.push(match &rest[at..=at] {
                "<" => StringToken::Thing(vec![name], Extent::Step),
                "{" => StringToken::Thing(vec![name], Extent::Apart),
                _ => StringToken::Unknown(name),
            });
            rest = &rest[end + 1..];
        }
        tokens.extend(super::tokens(rest, true));
        FactString {
            tokens,
            written: None,
        }
    }

    #[test]
    fn wildcards_hold_what_fits_them() {
        for (wide, narrow, expected) in [
            ("s:*", "s:get", Yes),
            ("s:get*", "s:getsecretvalue", Yes),
            ("*", "*", Yes),
            ("*", "", Yes),
            ("*", "{role}", Yes),
            ("*", "[why]", Yes),
            ("a*", "a*b*", Yes),
            ("a*c", "a*b*c", Yes),
            ("a?c", "abc", Yes),
            ("a?", "a?", Yes),
            ("a*b*", "a*", No),
            ("s:get", "s:*", No),
            ("s:get", "s:put", No),
            ("a?", "a*", No),
            ("a?", "a", No),
            ("a", "ab", No),
            ("{role}", "{role}", Yes),
            ("{role}", "{other}", No),
            ("{role}", "arn", No),
            ("{role}", "*", No),
            ("a:<account>:b", "a:<account>:b", Yes),
            ("a:<account>:b", "a:123:b", Maybe),
            ("a:123:b", "a:<account>:b", Maybe),
            ("a:<account>:b", "a:123:c", No),
            ("a:<account>:b", "a:1:2:b", No),
            ("a:<account>:b", "a:*:b", No),
            ("a:*:b", "a:<account>:b", Yes),
            ("a:<account>", "a:", No),
            ("a[x]", "a[x]", Yes),
            ("a[x]", "a[y]", Maybe),
            ("a[x]", "ab", Maybe),
            ("ab", "a[x]", Maybe),
            ("ab", "b[x]", No),
            ("a", "a[x]", Maybe),
        ] {
            assert_eq!(
                words(wide).holds(&words(narrow)),
                expected,
                "{wide} {narrow}"
            );
        }
    }

    #[test]
    fn a_thing_is_what_it_would_be_written_as() {
        let role = FactString {
            tokens: vec![StringToken::Thing(vec!["role".to_owned()], Extent::Apart)],
            written: Some(tokens("arn:role/a", false)),
        };
        for (text, expected) in [("arn:role/a", Yes), ("arn:role/*", Yes), ("arn:role/b", No)] {
            assert_eq!(FactString::pattern(text).holds(&role), expected, "{text}");
        }
        assert_eq!(role.holds(&FactString::pattern("arn:role/a")), Yes);
        assert_eq!(role.holds(&FactString::pattern("arn:role/*")), No);
        // Two things are not the same because one of them may have any name.
        let other = FactString {
            tokens: vec![StringToken::Thing(vec!["x".to_owned()], Extent::Whole)],
            written: None,
        };
        assert_eq!(role.holds(&other), No);
        assert_eq!(other.holds(&FactString::pattern("arn:role/a")), Maybe);
    }

    #[test]
    fn what_excludes_shares_nothing() {
        for (one, other, expected) in [
            ("a", "b", Yes),
            ("a", "a", No),
            ("a*", "ab", No),
            ("a*", "*b", Maybe),
            ("a", "[x]", Maybe),
            ("{a}", "{b}", Yes),
        ] {
            assert_eq!(
                words(one).excludes(&words(other)),
                expected,
                "{one} {other}"
            );
            assert_eq!(
                words(other).excludes(&words(one)),
                expected,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn no_text_is_too_long() {
        let long = "a*".repeat(100_000);
        assert_eq!(words(&long).holds(&words(&format!("{long}b"))), Maybe);
        assert_eq!(words(&long).holds(&words(&long)), Yes);
    }
}
