//! Amazon Resource Names, taken apart. Whether the thing exists is not asked here.

/// How the id begins that AWS gives a proxy.
/// Source: RDS User Guide, rds-proxy-connecting.
pub const PROXY_ID: &str = "prx-";

/// The parts of `arn:<partition>:<service>:<region>:<account>:<resource>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    /// `secretsmanager`.
    pub service: &'a str,
    /// Empty for a global service.
    pub region: &'a str,
    /// Twelve digits; empty for a few services.
    pub account: &'a str,
    /// All that follows, colons included.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts, when the text is an ARN.
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

/// True for what stands in place of the partition, region or account that is deployed into: it may be any.
pub fn is_own(part: &str) -> bool {
    part.starts_with('<')
}

/// True where two names of a partition, a region or an account can be the same.
pub fn may_be_one(one: &str, other: &str) -> bool {
    one == other || is_own(one) || is_own(other)
}

/// The name of a secret, from its full ARN, its ARN without the random suffix, or the name itself.
///
/// Secrets Manager appends a hyphen and six random characters to the name in an ARN; a policy may write them as `-??????`.
/// Source: AWS Secrets Manager User Guide, "What's in a Secrets Manager secret?".
pub fn secret_name(text: &str) -> &str {
    let Some(arn) = Arn::parse(text) else {
        return text;
    };
    let named = arn.resource.strip_prefix("secret:").unwrap_or(arn.resource);
    without_random_suffix(named)
}

/// The last part of a secret's ARN without the hyphen and the six characters that Secrets Manager appends.
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
