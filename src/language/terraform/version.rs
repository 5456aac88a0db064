//! Version constraints ("Version Constraints", Terraform language): the newest major version that they allow, and
//! checks of a version. A pre-release counts as its release.

/// One condition of a constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct VersionCondition {
    operator: Operator,
    number: Number,
    /// The number of parts in the text, from 1 to 3.
    parts: usize,
}

/// Major, minor and patch version.
type Number = [u32; 3];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Above,
    AtLeast,
    Below,
    AtMost,
    /// `~>`: only the last part in the text may increase.
    Pessimistic,
}

/// The operators, longest first.
const OPERATORS: [(&str, Operator); 7] = [
    ("~>", Operator::Pessimistic),
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("!=", Operator::NotEqual),
    (">", Operator::Above),
    ("<", Operator::Below),
    ("=", Operator::Equal),
];

/// Returns the newest major version that a constraint or a tag of a repository allows; [`u32::MAX`] if there is no
/// upper limit, `None` if the text is not a version.
pub(super) fn newest_major(constraint: &str) -> Option<u32> {
    let conditions = conditions(constraint)?;
    conditions.iter().map(VersionCondition::newest_major).min()
}

/// Returns true if the version meets the constraint, or if either cannot be parsed.
pub(super) fn allows(constraint: &str, version: &str) -> bool {
    let (Some(conditions), Some((version, _))) = (conditions(constraint), number(version)) else {
        return true;
    };
    conditions.iter().all(|one| one.allows(version))
}

fn conditions(constraint: &str) -> Option<Vec<VersionCondition>> {
    constraint.split(',').map(condition).collect()
}

fn condition(text: &str) -> Option<VersionCondition> {
    let text = text.trim();
    let written = OPERATORS
        .iter()
        .find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)));
    let (operator, rest) = written.unwrap_or((Operator::Equal, text));
    let (number, parts) = number(rest)?;
    Some(VersionCondition {
        operator,
        number,
        parts,
    })
}

/// Returns the version number and the number of parts in the text.
fn number(text: &str) -> Option<(Number, usize)> {
    let text = text.trim();
    let text = text.strip_prefix('v').unwrap_or(text);
    let release = text.split(['-', '+']).next()?;
    let mut number = Number::default();
    let parts: Vec<&str> = release.split('.').collect();
    if parts.len() > number.len() {
        return None;
    }
    for (place, part) in number.iter_mut().zip(&parts) {
        *place = part.parse().ok()?;
    }
    Some((number, parts.len()))
}

impl VersionCondition {
    fn newest_major(&self) -> u32 {
        let [major, rest @ ..] = self.number;
        match self.operator {
            Operator::Equal | Operator::AtMost => major,
            Operator::Below if rest == [0, 0] => major.saturating_sub(1),
            Operator::Below => major,
            Operator::Pessimistic if self.parts > 1 => major,
            Operator::Pessimistic | Operator::NotEqual | Operator::Above | Operator::AtLeast => {
                u32::MAX
            }
        }
    }

    fn allows(&self, version: Number) -> bool {
        let fixed = self.parts.saturating_sub(1);
        match self.operator {
            Operator::Equal => version == self.number,
            Operator::NotEqual => version != self.number,
            Operator::Above => version > self.number,
            Operator::AtLeast => version >= self.number,
            Operator::Below => version < self.number,
            Operator::AtMost => version <= self.number,
            Operator::Pessimistic => {
                version >= self.number && version[..fixed] == self.number[..fixed]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_leads_to_the_newest_major_version_it_allows() {
        for (constraint, expected) in [
            ("3.1.0", Some(3)),
            ("= 2", Some(2)),
            ("~> 2.0", Some(2)),
            ("~> 2", Some(u32::MAX)),
            ("v4.0.1", Some(4)),
            ("v5.0.0-rc1", Some(5)),
            (">= 2.0, < 3.0", Some(2)),
            ("< 3.0.0, >= 2.0.0", Some(2)),
            (">= 2.0, < 4.0.0", Some(3)),
            (">= 2.0, <= 3.0", Some(3)),
            ("< 3.2", Some(3)),
            (">= 2.0", Some(u32::MAX)),
            (">= 2.0, != 4.0.0", Some(u32::MAX)),
            ("latest", None),
            ("", None),
            ("cc39e9d0295495574c406acfed9e288fb6d5df3c", None),
            ("99999999999.0", None),
            (",", None),
        ] {
            assert_eq!(newest_major(constraint), expected, "{constraint}");
        }
    }

    #[test]
    fn a_constraint_allows_what_terraform_would_take() {
        for (constraint, version, expected) in [
            ("~> 1.2", "1.9.0", true),
            ("~> 1.2", "1.1.9", false),
            ("~> 1.2.0", "1.3.0", false),
            ("~> 1", "2.0.0", true),
            ("3.1.0", "3.1.1", false),
            (">= 1.0, < 2.0", "2.0.0", false),
            ("!= 1.0.0", "1.0.0", false),
            ("> 1.0", "1.0.1", true),
            ("<= 1.0", "1.0.0", true),
            ("nonsense", "1.0.0", true),
        ] {
            assert_eq!(
                allows(constraint, version),
                expected,
                "{constraint} {version}"
            );
        }
    }
}
