//! The kinds of resources that a posture consists of, with their names in each dialect. One row each.

/// A kind of resource that the posture consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Proxy,
    TargetGroup,
    Target,
    Endpoint,
    Secret,
    SecretVersion,
    SecretAttachment,
    SecretPolicy,
    Role,
    RolePolicy,
    ManagedPolicy,
    PolicyAttachment,
    PolicyDocument,
    SecurityGroup,
    DefaultSecurityGroup,
    IngressRule,
    EgressRule,
    EitherRule,
    Instance,
    Cluster,
    InstanceParameters,
    ClusterParameters,
    SubnetGroup,
    Function,
    Subnet,
    Vpc,
    Key,
    KeyAlias,
    KeyPolicy,
    KeyGrant,
}

/// One kind with its names.
pub(super) struct KindRow {
    pub(super) kind: Kind,
    pub(super) terraform: &'static [&'static str],
    pub(super) cloudformation: &'static [&'static str],
    /// The prefix of the id that the account gives a resource of this kind; empty if its name is its only identity.
    pub(super) id_prefix: &'static str,
}

const fn row(
    kind: Kind,
    terraform: &'static [&'static str],
    cloudformation: &'static [&'static str],
    id_prefix: &'static str,
) -> KindRow {
    KindRow {
        kind,
        terraform,
        cloudformation,
        id_prefix,
    }
}

/// All kinds. A Terraform data source has the name of its resource after `data.`: it names something that exists.
pub(super) static KINDS: &[KindRow] = &[
    row(
        Kind::Proxy,
        &["aws_db_proxy"],
        &["AWS::RDS::DBProxy"],
        "arn:",
    ),
    row(
        Kind::TargetGroup,
        &["aws_db_proxy_default_target_group"],
        &["AWS::RDS::DBProxyTargetGroup"],
        "",
    ),
    row(Kind::Target, &["aws_db_proxy_target"], &[], ""),
    row(
        Kind::Endpoint,
        &["aws_db_proxy_endpoint", "awscc_rds_db_proxy_endpoint"],
        &["AWS::RDS::DBProxyEndpoint"],
        "arn:",
    ),
    row(
        Kind::Secret,
        &["aws_secretsmanager_secret"],
        &["AWS::SecretsManager::Secret"],
        "arn:",
    ),
    row(
        Kind::SecretVersion,
        &["aws_secretsmanager_secret_version"],
        &[],
        "",
    ),
    row(
        Kind::SecretAttachment,
        &[],
        &["AWS::SecretsManager::SecretTargetAttachment"],
        "",
    ),
    row(
        Kind::SecretPolicy,
        &[
            "aws_secretsmanager_secret_policy",
            "awscc_secretsmanager_resource_policy",
        ],
        &["AWS::SecretsManager::ResourcePolicy"],
        "",
    ),
    row(Kind::Role, &["aws_iam_role"], &["AWS::IAM::Role"], "arn:"),
    row(
        Kind::RolePolicy,
        &["aws_iam_role_policy", "awscc_iam_role_policy"],
        &["AWS::IAM::Policy", "AWS::IAM::RolePolicy"],
        "",
    ),
    row(
        Kind::ManagedPolicy,
        &["aws_iam_policy", "awscc_iam_managed_policy"],
        &["AWS::IAM::ManagedPolicy"],
        "arn:",
    ),
    row(
        Kind::PolicyAttachment,
        &[
            "aws_iam_role_policy_attachment",
            "aws_iam_policy_attachment",
            "aws_iam_role_policy_attachments_exclusive",
        ],
        &[],
        "",
    ),
    row(Kind::PolicyDocument, &["aws_iam_policy_document"], &[], ""),
    row(
        Kind::SecurityGroup,
        &["aws_security_group"],
        &["AWS::EC2::SecurityGroup"],
        "sg-",
    ),
    row(
        Kind::DefaultSecurityGroup,
        &["aws_default_security_group"],
        &[],
        "sg-",
    ),
    row(
        Kind::IngressRule,
        &[
            "aws_vpc_security_group_ingress_rule",
            "awscc_ec2_security_group_ingress",
        ],
        &["AWS::EC2::SecurityGroupIngress"],
        "",
    ),
    row(
        Kind::EgressRule,
        &[
            "aws_vpc_security_group_egress_rule",
            "awscc_ec2_security_group_egress",
        ],
        &["AWS::EC2::SecurityGroupEgress"],
        "",
    ),
    row(Kind::EitherRule, &["aws_security_group_rule"], &[], ""),
    row(
        Kind::Instance,
        &["aws_db_instance"],
        &["AWS::RDS::DBInstance"],
        "",
    ),
    row(
        Kind::Cluster,
        &["aws_rds_cluster"],
        &["AWS::RDS::DBCluster"],
        "",
    ),
    row(
        Kind::InstanceParameters,
        &["aws_db_parameter_group"],
        &["AWS::RDS::DBParameterGroup"],
        "",
    ),
    row(
        Kind::ClusterParameters,
        &["aws_rds_cluster_parameter_group"],
        &["AWS::RDS::DBClusterParameterGroup"],
        "",
    ),
    row(
        Kind::SubnetGroup,
        &["aws_db_subnet_group"],
        &["AWS::RDS::DBSubnetGroup"],
        "",
    ),
    row(
        Kind::Function,
        &["aws_lambda_function"],
        &["AWS::Lambda::Function", "AWS::Serverless::Function"],
        "arn:",
    ),
    row(
        Kind::Subnet,
        &["aws_subnet", "aws_default_subnet"],
        &["AWS::EC2::Subnet"],
        "subnet-",
    ),
    row(
        Kind::Vpc,
        &["aws_vpc", "aws_default_vpc"],
        &["AWS::EC2::VPC"],
        "vpc-",
    ),
    row(
        Kind::Key,
        &["aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key"],
        &["AWS::KMS::Key", "AWS::KMS::ReplicaKey"],
        "arn:",
    ),
    row(
        Kind::KeyAlias,
        &["aws_kms_alias"],
        &["AWS::KMS::Alias"],
        "alias/",
    ),
    row(Kind::KeyPolicy, &["aws_kms_key_policy"], &[], ""),
    row(Kind::KeyGrant, &["aws_kms_grant"], &[], ""),
];
