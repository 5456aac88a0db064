//! Names and ids, parsed once where they enter the program.
//!
//! Every string that reaches a template has passed through one of these types. Their alphabets are those of AWS or
//! narrower, and none contains a quote, a backslash, a dollar sign, a brace or a line break: a name cannot escape from
//! its string literal in any language that is generated. Code that receives a [`ProxyName`] need not validate it
//! again.

mod alphabet;

use std::fmt;

use thiserror::Error;

pub use alphabet::arn;
use alphabet::{
    is_hyphenated, is_id, is_lower, is_region, is_secret_name_with_suffix, is_tag, is_word,
};

/// The error for a string that is not a valid name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{given:?} is not {what}: {rule}")]
pub struct NameError {
    /// The rejected text, truncated to 80 characters.
    pub given: String,
    /// The expected kind of name: "the name of a proxy".
    pub what: &'static str,
    /// The rule that a valid name follows.
    pub rule: &'static str,
}

/// Declares a newtype over `String` with its doc, its title, the rule as a sentence and the rule as a function.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The title of this kind of name, for messages.
            pub const WHAT: &'static str = $what;
            /// The rule that a valid name follows, for messages.
            pub const RULE: &'static str = $rule;

            /// Parses a name.
            ///
            /// # Errors
            /// If the text breaks the rule; the message states the rule.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let valid: fn(&str) -> bool = $check;
                if valid(text) {
                    return Ok(Self(text.to_owned()));
                }
                let given = text.chars().take(80).collect();
                Err(NameError { given, what: $what, rule: $rule })
            }

            /// Returns the name as a string slice.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }
    };
}

name! {
    /// The `DBProxyName` of a proxy. The API accepts upper case too, but CloudFormation converts it to lower case and
    /// then always reports drift.
    /// Source: RDS API Reference, CreateDBProxy; AWS::RDS::DBProxy.
    ProxyName, "the name of a proxy",
    "1 to 63 lower-case letters, digits and single hyphens, a letter first and no hyphen last",
    |text| text.len() <= 63 && is_lower(text) && is_hyphenated(text)
}
name! {
    /// A `DBInstanceIdentifier` or `DBClusterIdentifier`. Source: RDS API Reference, CreateDBInstance.
    DatabaseIdentifier, "the identifier of a database",
    "1 to 63 letters, digits and single hyphens, a letter first and no hyphen last (not an ARN, not an endpoint)",
    |text| text.len() <= 63 && is_hyphenated(text)
}
name! {
    /// A `DbiResourceId` or `DbClusterResourceId`, which does not change when the database is renamed.
    DatabaseResourceId, "the resource id of a database",
    "`db-` for an instance or `cluster-` for a cluster, then capital letters and digits, as `aws rds describe-db-instances` shows it",
    |text| {
        ["db-", "cluster-"].iter().any(|prefix| {
            text.strip_prefix(prefix).is_some_and(|rest| {
                (1..=64).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            })
        })
    }
}
name! {
    /// An AWS account id of twelve digits.
    AccountId, "an AWS account id", "12 digits",
    |text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
name! {
    /// A region code, such as `eu-west-1`.
    Region, "an AWS region", "a region code such as eu-west-1",
    is_region
}
name! {
    /// The id of a VPC: `vpc-…`.
    VpcId, "the id of a VPC", "`vpc-` and 8 or 17 hexadecimal digits",
    |text| is_id(text, "vpc-")
}
name! {
    /// The id of a subnet: `subnet-…`.
    SubnetId, "the id of a subnet", "`subnet-` and 8 or 17 hexadecimal digits",
    |text| is_id(text, "subnet-")
}
name! {
    /// The id of a security group: `sg-…`.
    SecurityGroupId, "the id of a security group", "`sg-` and 8 or 17 hexadecimal digits",
    |text| is_id(text, "sg-")
}
name! {
    /// The name of a database user, exactly as in the secret and in the `rds-db:connect` grant; case-sensitive.
    UserName, "the name of a database user",
    "1 to 63 letters, digits, hyphens and underscores, a letter or underscore first",
    |text| text.len() <= 63 && is_word(text)
}
name! {
    /// The name of a database inside the server, as used in `GRANT` and connection strings. Not the identifier of an
    /// instance.
    DatabaseName, "the name of a database inside the server",
    "1 to 63 letters, digits, hyphens and underscores, a letter or underscore first",
    |text| text.len() <= 63 && is_word(text)
}
name! {
    /// The name of a schema in PostgreSQL or SQL Server.
    SchemaName, "the name of a schema",
    "1 to 63 letters, digits, hyphens and underscores, a letter or underscore first",
    |text| text.len() <= 63 && is_word(text)
}
name! {
    /// The name of a Lambda function. Source: Lambda API Reference, CreateFunction.
    FunctionName, "the name of a Lambda function",
    "1 to 64 letters, digits, hyphens and underscores (not an ARN)",
    |text| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}
name! {
    /// The name of an IAM role. Source: IAM API Reference, CreateRole.
    RoleName, "the name of an IAM role",
    "1 to 64 letters, digits and any of +=,.@_- (not an ARN)",
    |text| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
}
name! {
    /// The ARN of an IAM role.
    RoleArn, "the ARN of an IAM role", "arn:aws:iam::ACCOUNT:role/NAME",
    |text| arn(text, "iam").is_some_and(|arn| {
        arn.region.is_empty() && arn.resource.strip_prefix("role/").is_some_and(|path| {
            (1..=512).contains(&path.len()) && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&b))
        })
    })
}
name! {
    /// The complete ARN of a secret, with the six characters that Secrets Manager appends: a policy for the ARN
    /// without them matches nothing.
    /// Source: RDS User Guide, "Setting up database credentials for RDS Proxy".
    SecretArn, "the whole ARN of a secret",
    "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-xxxxxx, with the six characters at the end, as `aws secretsmanager describe-secret` shows it",
    |text| arn(text, "secretsmanager").is_some_and(|arn| {
        arn.resource.strip_prefix("secret:").is_some_and(is_secret_name_with_suffix)
    })
}
name! {
    /// The ARN of a KMS key. An alias or a bare key id would not match in a policy.
    KeyArn, "the ARN of a KMS key",
    "arn:aws:kms:REGION:ACCOUNT:key/ID (the key itself, not an alias)",
    |text| arn(text, "kms").is_some_and(|arn| {
        arn.resource.strip_prefix("key/").is_some_and(|id| {
            (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    })
}
name! {
    /// The ARN of an SNS topic.
    TopicArn, "the ARN of an SNS topic", "arn:aws:sns:REGION:ACCOUNT:NAME",
    |text| arn(text, "sns").is_some_and(|arn| {
        (1..=256).contains(&arn.resource.len()) && arn.resource.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    })
}
name! {
    /// The name of a parameter group. Names of `default.` groups contain a dot. Source: RDS API Reference,
    /// CreateDBParameterGroup.
    ParameterGroupName, "the name of a parameter group",
    "1 to 255 letters, digits, dots and single hyphens, a letter first and no hyphen last",
    |text| text.len() <= 255 && is_hyphenated(&text.replace('.', "a"))
}
name! {
    /// The family of a parameter group: `postgres16`, `sqlserver-se-15.0`.
    ParameterGroupFamily, "the family of a parameter group",
    "the engine and its major version, such as postgres16, aurora-mysql8.0 or sqlserver-se-15.0",
    |text| text.len() <= 64 && text.contains(|c: char| c.is_ascii_digit()) && is_hyphenated(&text.replace('.', "a"))
}
name! {
    /// The version of a database engine, as the API returns it.
    EngineVersion, "the version of a database engine", "digits first, such as 16.4 or 8.0.mysql_aurora.3.05.2",
    |text| (1..=64).contains(&text.len())
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._".contains(&b))
}
name! {
    /// The key of a tag; CloudFormation allows 128 characters. Source: RDS API Reference, Tag.
    TagKey, "the key of a tag",
    "1 to 128 letters, digits, spaces and any of _.:/=+-@, not starting with `aws:`",
    |text| !text.is_empty() && is_tag(text) && !text.to_ascii_lowercase().starts_with("aws:") && text.trim() == text
}
name! {
    /// The value of a tag. AWS::RDS::DBProxy allows 128 characters, fewer than other services, and some resource types
    /// reject an empty value.
    TagValue, "the value of a tag",
    "1 to 128 letters, digits, spaces and any of _.:/=+-@, no space first or last",
    |text| !text.is_empty() && is_tag(text) && text.trim() == text
}

impl Region {
    /// Returns the partition of the region.
    pub fn partition(&self) -> &'static str {
        match self.as_str() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

impl SecretArn {
    /// Returns the secret's name, without the six random characters.
    pub fn secret_name(&self) -> &str {
        super::arn::secret_name(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::too_many_lines, reason = "a table")]
    fn names_are_what_aws_accepts() {
        let long = "a".repeat(64);
        let cases = [
            (ProxyName::parse("orders-proxy").is_ok(), true, "proxy"),
            (ProxyName::parse("Orders").is_ok(), false, "upper case"),
            (
                ProxyName::parse("orders--proxy").is_ok(),
                false,
                "double hyphen",
            ),
            (ProxyName::parse("orders-").is_ok(), false, "hyphen last"),
            (ProxyName::parse("1orders").is_ok(), false, "digit first"),
            (ProxyName::parse("").is_ok(), false, "empty"),
            (ProxyName::parse(&long).is_ok(), false, "64 characters"),
            (ProxyName::parse(&long[1..]).is_ok(), true, "63 characters"),
            (Region::parse("us-gov-west-1").is_ok(), true, "gov"),
            (Region::parse("eu-west").is_ok(), false, "no number"),
            (
                SubnetId::parse("subnet-0123456789abcdef0").is_ok(),
                true,
                "subnet",
            ),
            (
                SubnetId::parse("subnet-0123456789ABCDEF0").is_ok(),
                false,
                "upper-case hex",
            ),
            (
                DatabaseResourceId::parse("db-ABCDEFGHIJKL01234").is_ok(),
                true,
                "resource id",
            ),
            (
                DatabaseResourceId::parse("orders-db").is_ok(),
                false,
                "an identifier",
            ),
            (
                KeyArn::parse("arn:aws:kms:eu-west-1:123456789012:key/1b2c").is_ok(),
                true,
                "key",
            ),
            (
                KeyArn::parse("arn:aws:kms:eu-west-1:123456789012:alias/x").is_ok(),
                false,
                "alias",
            ),
            (
                ParameterGroupName::parse("default.aurora-mysql8.0").is_ok(),
                true,
                "default group",
            ),
            (TagValue::parse("a${b}").is_ok(), false, "interpolation"),
            (TagValue::parse("").is_ok(), false, "an empty value"),
            (
                TagValue::parse("Zürich").is_ok(),
                true,
                "letters of any script",
            ),
            (TagKey::parse("aws:x").is_ok(), false, "reserved"),
            (UserName::parse("app*").is_ok(), false, "wildcard"),
        ];
        for (found, expected, what) in cases {
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn a_secret_arn_needs_its_suffix() {
        let whole = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/orders-AbCdEf";
        assert_eq!(SecretArn::parse(whole).unwrap().secret_name(), "app/orders");
        assert!(
            SecretArn::parse("arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders")
                .is_err()
        );
    }

    #[test]
    fn messages_say_what_a_name_looks_like() {
        let error = VpcId::parse("my-vpc").unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"my-vpc\" is not the id of a VPC: `vpc-` and 8 or 17 hexadecimal digits"
        );
    }
}
