//! The forms of one identity: a secret's ARN with and without its random suffix, a role's ARN and its name.

use crate::language::vocabulary::Kind;

/// The length of the random suffix that Secrets Manager adds to a name, including the hyphen.
/// Source: Secrets Manager User Guide, "What's in a Secrets Manager secret?" (Secret ARN).
const SECRET_SUFFIX: usize = 7;

/// Returns all forms that certainly identify the same thing as this one, including itself.
pub(super) fn forms(kind: Kind, name: &str) -> Vec<String> {
    let mut forms = vec![name.to_owned()];
    if kind == Kind::Secret && is_arn(name) {
        forms.extend(without_suffix(name).map(str::to_owned));
    }
    if matches!(kind, Kind::Instance | Kind::Cluster | Kind::Proxy) {
        // AWS stores these identifiers in lower case, even if they were requested in another.
        forms.push(name.to_lowercase());
    }
    if kind == Kind::Key {
        // The id alone identifies a key too.
        forms.extend(name.split(":key/").nth(1).map(str::to_owned));
    }
    forms.dedup();
    forms
}

/// Removes the suffix that selects a part of the thing: `…:secret:app-AbCdEf:password::` is the secret.
/// Source: ECS Developer Guide, "Pass Secrets Manager secrets through Amazon ECS environment variables".
pub(super) fn whole(kind: Kind, name: &str) -> &str {
    let is_secret = kind == Kind::Secret && is_arn(name);
    let end = name.match_indices(':').nth(6).filter(|_| is_secret);
    end.map_or(name, |(at, _)| &name[..at])
}

/// Returns the name at the end of an ARN; `None` for anything else.
pub(super) fn bare(kind: Kind, arn: &str) -> Option<String> {
    let resource = is_arn(arn).then(|| arn.splitn(6, ':').nth(5))??;
    match kind {
        Kind::Secret => {
            let name = resource.strip_prefix("secret:")?;
            Some(without_suffix(name).unwrap_or(name).to_owned())
        }
        Kind::Role => resource
            .strip_prefix("role/")?
            .rsplit('/')
            .next()
            .map(str::to_owned),
        Kind::ManagedPolicy => resource
            .strip_prefix("policy/")?
            .rsplit('/')
            .next()
            .map(str::to_owned),
        Kind::Function => resource
            .strip_prefix("function:")?
            .split(':')
            .next()
            .map(str::to_owned),
        Kind::Key => resource.strip_prefix("key/").map(str::to_owned),
        Kind::KeyAlias => resource.starts_with("alias/").then(|| resource.to_owned()),
        Kind::Instance => resource.strip_prefix("db:").map(str::to_owned),
        Kind::Cluster => resource.strip_prefix("cluster:").map(str::to_owned),
        _ => None,
    }
}

/// Returns the name of a thing that is known by this literal only: the end of an ARN, or the literal.
pub(super) fn name(kind: Kind, literal: &str) -> String {
    bare(kind, literal).unwrap_or_else(|| literal.to_owned())
}

/// True for an ARN of any partition.
pub(super) fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// Returns the part before the random suffix; `None` without a suffix.
pub(super) fn without_suffix(name: &str) -> Option<&str> {
    let cut = name
        .len()
        .checked_sub(SECRET_SUFFIX)
        .filter(|cut| name.is_char_boundary(*cut))?;
    let (front, suffix) = name.split_at(cut);
    let random = suffix.strip_prefix('-')?;
    (!front.is_empty() && random.chars().all(|letter| letter.is_ascii_alphanumeric()))
        .then_some(front)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_secret_has_several_names() {
        let full = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/rw-AbCdEf";
        let partial = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/rw";
        assert!(forms(Kind::Secret, full).contains(&partial.to_owned()));
        for arn in [full, partial] {
            assert_eq!(
                bare(Kind::Secret, arn).as_deref(),
                Some("orders/rw"),
                "{arn}"
            );
        }
    }

    #[test]
    fn a_part_of_a_secret_is_told_by_its_secret() {
        let full = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/rw-AbCdEf";
        for end in ["", ":password", ":password::", "::AWSCURRENT:"] {
            assert_eq!(whole(Kind::Secret, &format!("{full}{end}")), full, "{end}");
        }
        let function = "arn:aws:lambda:eu-west-1:1:function:orders:live";
        assert_eq!(whole(Kind::Function, function), function);
    }

    #[test]
    fn a_suffix_is_six_letters_or_digits_behind_a_hyphen() {
        let cases = [
            ("orders-AbC123", Some("orders")),
            ("orders-AbC12", None),
            ("orders-AbC/12", None),
            ("-AbC123", None),
            ("ordersé-bC123", None),
            ("", None),
        ];
        for (name, expected) in cases {
            assert_eq!(without_suffix(name), expected, "{name}");
        }
    }

    #[test]
    fn the_name_ends_an_arn() {
        let cases = [
            (
                Kind::Role,
                "arn:aws:iam::1:role/service-role/orders",
                Some("orders"),
            ),
            (
                Kind::Function,
                "arn:aws:lambda:eu-west-1:1:function:orders:live",
                Some("orders"),
            ),
            (
                Kind::Instance,
                "arn:aws:rds:eu-west-1:1:db:orders",
                Some("orders"),
            ),
            (Kind::Role, "orders", None),
            (Kind::Role, "arn:aws:iam", None),
        ];
        for (kind, arn, expected) in cases {
            assert_eq!(bare(kind, arn).as_deref(), expected, "{arn}");
        }
    }
}
