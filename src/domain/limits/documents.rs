//! Size limits of the documents that describe a proxy: policies, templates, parameters, sets of tags.
//!
//! These are quotas of services other than RDS. A proxy with many users or consumers reaches them before those of RDS
//! itself.

use super::LimitBroken;

/// The maximum number of characters of all inline policies of one role together, not counting white space.
/// Source: IAM User Guide, "IAM and AWS STS quotas".
pub const ROLE_POLICY_LENGTH: usize = 10_240;

/// The maximum number of characters of a secret's resource policy.
/// Source: AWS Secrets Manager User Guide, "AWS Secrets Manager quotas".
pub const SECRET_POLICY_LENGTH: usize = 20_480;

/// The maximum number of tags of one resource.
/// Source: AWS General Reference, "Tagging your AWS resources" (naming limits and requirements).
pub const TAGS: usize = 50;

/// The maximum size of a parameter's value in bytes.
/// Source: AWS CloudFormation User Guide, "Understand CloudFormation quotas".
pub const PARAMETER_LENGTH: usize = 4_096;

/// The maximum number of parameters of a template.
/// Source: AWS CloudFormation User Guide, "Understand CloudFormation quotas".
pub const PARAMETERS: usize = 200;

/// The maximum number of resources of a template.
/// Source: AWS CloudFormation User Guide, "Understand CloudFormation quotas".
pub const RESOURCES: usize = 500;

/// The maximum size in bytes of a template in a bucket. A template that is passed in the request is limited to 51,200
/// bytes.
/// Source: AWS CloudFormation User Guide, "Understand CloudFormation quotas".
pub const TEMPLATE_LENGTH: usize = 1_000_000;

/// Checks the length of a role's inline policy; `whose` names the role in messages: "the proxy's role" or "role
/// orders-api-role".
pub fn role_policy(whose: &str, length: usize) -> Result<(), LimitBroken> {
    within(length, ROLE_POLICY_LENGTH, || {
        (
            format!(
                "{whose} would need an inline policy of {length} characters, and IAM takes {ROLE_POLICY_LENGTH}"
            ),
            "split the users over several proxies".to_owned(),
        )
    })
}

/// Checks the length of a secret's resource policy.
pub fn secret_policy(length: usize) -> Result<(), LimitBroken> {
    within(length, SECRET_POLICY_LENGTH, || {
        (
            format!(
                "the policy of a secret would have {length} characters, and Secrets Manager takes {SECRET_POLICY_LENGTH}"
            ),
            "name fewer readers: let them share a role".to_owned(),
        )
    })
}

/// Checks the length of a template parameter's value, which is a list of ids.
pub fn parameter(length: usize) -> Result<(), LimitBroken> {
    within(length, PARAMETER_LENGTH, || {
        (
            format!(
                "the list is {length} bytes long, and a parameter of CloudFormation holds {PARAMETER_LENGTH}"
            ),
            "shorten it, or set output.targets = [\"terraform\"]".to_owned(),
        )
    })
}

/// Checks the size of a template and its numbers of resources and parameters.
pub fn template(length: usize, resources: usize, parameters: usize) -> Result<(), LimitBroken> {
    let counts = [
        (length, TEMPLATE_LENGTH, "bytes"),
        (resources, RESOURCES, "resources"),
        (parameters, PARAMETERS, "parameters"),
    ];
    counts.into_iter().try_for_each(|(count, most, what)| {
        within(count, most, || {
            (
                format!("the template would have {count} {what}, and CloudFormation takes {most}"),
                "split users and consumers over several proxies, or set output.targets = [\"terraform\"]".to_owned(),
            )
        })
    })
}

/// Checks the number of tags that the user chose, plus those that are added to a secret.
pub fn tags(chosen: usize, added: usize) -> Result<(), LimitBroken> {
    within(chosen + added, TAGS, || {
        (
            format!(
                "{chosen} tags and the {added} that a secret carries anyway are more than the {TAGS} that a resource takes"
            ),
            "remove some".to_owned(),
        )
    })
}

fn within(
    found: usize,
    most: usize,
    told: impl FnOnce() -> (String, String),
) -> Result<(), LimitBroken> {
    if found <= most {
        return Ok(());
    }
    let (message, fix) = told();
    Err(LimitBroken::new(message, fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_end_at_the_quota() {
        let checks: [(Result<(), LimitBroken>, Result<(), LimitBroken>); 7] = [
            (role_policy("a role", 10_240), role_policy("a role", 10_241)),
            (secret_policy(20_480), secret_policy(20_481)),
            (parameter(4_096), parameter(4_097)),
            (template(1_000_000, 0, 0), template(1_000_001, 0, 0)),
            (template(0, 500, 0), template(0, 501, 0)),
            (template(0, 0, 200), template(0, 0, 201)),
            (tags(49, 1), tags(50, 1)),
        ];
        for (at_most, beyond) in checks {
            assert_eq!(at_most, Ok(()));
            let told = beyond.unwrap_err();
            assert!(!told.message.is_empty() && !told.fix.is_empty());
        }
    }
}
