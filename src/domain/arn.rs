//! Parses Amazon Resource Names. Does not check that the resource exists.

/// The prefix of the id that AWS assigns to a proxy.
/// Source: RDS User Guide, rds-proxy-connecting.
pub const PROXY_ID: &str = "prx-";

/// The components of `arn:<partition>:<service>:<region>:<account>:<resource>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition: `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: &'a str,
    /// The service prefix, such as `secretsmanager`.
    pub service: &'a str,
    /// The region code; empty for a global service.
    pub region: &'a str,
    /// The account id, twelve digits; empty for a few services.
    pub account: &'a str,
    /// The rest of the ARN, colons included.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits an ARN into its components; `None` if the text is not an ARN.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }
}

/// True for a placeholder such as `<region>`: the partition, region or account of the deployment, which may have any
/// value.
pub fn is_own(part: &str) -> bool {
    part.starts_with('<')
}

/// True if two values of a partition, region or account are equal or could be: a placeholder matches any value.
pub fn may_be_one(one: &str, other: &str) -> bool {
    one == other || is_own(one) || is_own(other)
}

/// Returns the name of a secret, given its full ARN, its ARN without the random suffix, or the name itself.
///
/// Secrets Manager appends a hyphen and six random characters to the name in an ARN; a policy may write them as
/// `-??????`.
/// Source: AWS Secrets Manager User Guide, "What's in a Secrets Manager secret?".
pub fn secret_name(text: &str) -> &str {
    let Some(arn) = Arn::parse(text) else {
        return text;
    };
    let named = arn.resource.strip_prefix("secret:").unwrap_or(arn.resource);
    without_random_suffix(named)
}

/// Removes the hyphen and the six random characters that Secrets Manager appends to the last part of a secret's ARN.
pub fn without_random_suffix(named: &str) -> &str {
    match named.rsplit_once('-') {
        Some((name, suffix)) if is_random_suffix(suffix) => name,
        Some(_) | None => named,
    }
}

fn is_random_suffix(text: &str) -> bool {
    text.len() == 6
        && (text == "??????" || text.chars().all(|letter| letter.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_of_a_secret() {
        let cases = [
            ("orders/rw", "orders/rw"),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/rw-AbCdEf",
                "orders/rw",
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/rw-??????",
                "orders/rw",
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders/rw",
                "orders/rw",
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-*",
                "orders-*",
            ),
            ("arn:aws:secretsmanager", "arn:aws:secretsmanager"),
        ];
        for (text, name) in cases {
            assert_eq!(secret_name(text), name, "{text}");
        }
    }
}
