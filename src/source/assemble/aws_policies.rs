//! The AWS managed policies that are commonly attached to the roles of proxies, with those of their permissions that
//! matter here. Knows nothing of roles.

use crate::domain::evidence::Origin;
use crate::domain::iam::{ElementScope, Policy, Statement};
use crate::domain::symbolic::SymbolicString;

/// The broadest permissions that each policy grants on all resources. Source: "AWS Managed Policy Reference", a page
/// for each.
const WIDEST: &[(&str, &[&str])] = &[
    ("AdministratorAccess", &["*"]),
    ("AmazonEC2FullAccess", &["ec2:*"]),
    ("AmazonRDSFullAccess", &["rds:*"]),
    ("AmazonRDSReadOnlyAccess", &["rds:Describe*"]),
    ("AmazonS3FullAccess", &["s3:*"]),
    ("CloudWatchLogsFullAccess", &["logs:*"]),
    ("IAMFullAccess", &["iam:*"]),
    (
        "PowerUserAccess",
        &["kms:*", "rds-db:connect", "secretsmanager:*"],
    ),
    ("SecretsManagerReadWrite", &["secretsmanager:*"]),
    (
        "service-role/AWSLambdaBasicExecutionRole",
        &["logs:PutLogEvents"],
    ),
    (
        "service-role/AWSLambdaVPCAccessExecutionRole",
        &["ec2:CreateNetworkInterface", "logs:PutLogEvents"],
    ),
    (
        "service-role/AmazonRDSEnhancedMonitoringRole",
        &["logs:PutLogEvents"],
    ),
];

/// The part that the ARNs of all AWS managed policies share.
pub(super) const OF_AWS: &str = ":iam::aws:policy/";

/// Returns the policy of this ARN if it is an AWS managed policy of the table.
pub(super) fn provided(arn: &str, origin: &Origin) -> Option<Policy> {
    let (_, name) = arn.split_once(OF_AWS)?;
    let (_, actions) = WIDEST.iter().find(|(known, _)| *known == name)?;
    let statement = Statement {
        origin: origin.clone(),
        actions: ElementScope::Only(
            actions
                .iter()
                .map(|action| SymbolicString::text(*action))
                .collect(),
        ),
        resources: ElementScope::Only(vec![SymbolicString::text("*")]),
        ..Statement::default()
    };
    Some(Policy {
        origin: origin.clone(),
        statements: vec![statement],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_provides_is_known_in_every_partition() {
        let origin = Origin::at("main.tf", 1, 1);
        for partition in ["aws", "aws-cn", "<partition>"] {
            let arn = format!("arn:{partition}:iam::aws:policy/SecretsManagerReadWrite");
            let policy = provided(&arn, &origin).unwrap();
            let actions = ElementScope::Only(vec![SymbolicString::text("secretsmanager:*")]);
            assert_eq!(policy.statements[0].actions, actions, "{arn}");
        }
        for own in [
            "arn:aws:iam::123456789012:policy/IAMFullAccess",
            "IAMFullAccess",
        ] {
            assert_eq!(provided(own, &origin), None, "{own}");
        }
    }
}
