//! The names of each attribute, grouped by resource. A row has Terraform's name, then CloudFormation's. An empty name
//! means that the dialect has no such attribute, or expresses it differently, in a row of its own.

/// The attributes of a proxy.
pub(crate) mod proxy {
    use super::super::{attribute, live};
    use crate::language::vocabulary::Attribute;

    pub(crate) const NAME: Attribute = attribute("name", "DBProxyName");
    pub(crate) const ENGINE_FAMILY: Attribute = attribute("engine_family", "EngineFamily");
    pub(crate) const REQUIRE_TLS: Attribute = attribute("require_tls", "RequireTLS");
    pub(crate) const DEBUG_LOGGING: Attribute = attribute("debug_logging", "DebugLogging");
    pub(crate) const DEFAULT_AUTH: Attribute =
        attribute("default_auth_scheme", "DefaultAuthScheme");
    pub(crate) const AUTH: Attribute = attribute("auth", "Auth");
    /// The auth entry that represents all others, if a default leaves the list empty.
    pub(crate) const ANY_AUTH: Attribute = attribute("auth@any", "");
    pub(crate) const ROLE: Attribute = attribute("role_arn", "RoleArn");
    /// Source: Terraform AWS Provider 6, "Enhanced Region Support": an argument of nearly every resource.
    pub(crate) const REGION: Attribute = attribute("region", "");
    pub(crate) const SUBNETS: Attribute = attribute("vpc_subnet_ids", "VpcSubnetIds");
    pub(crate) const SECURITY_GROUPS: Attribute =
        attribute("vpc_security_group_ids", "VpcSecurityGroupIds");
    pub(crate) const TAGS: Attribute = attribute("tags", "Tags");
    pub(crate) const VPC: Attribute = live("VpcId");
    /// The reason why the endpoints of a proxy in an account were not read.
    pub(crate) const ENDPOINTS: Attribute = live("Endpoints");
    /// The reason why the functions of the account were not read.
    pub(crate) const FUNCTIONS: Attribute = live("Functions");
    /// The reason why the consumers of the proxy were not read.
    pub(crate) const CONSUMERS: Attribute = live("Consumers");
    pub(crate) const CLEAR_TEXT_CLIENTS: Attribute = live("ClearText.Clients");
    pub(crate) const CLEAR_TEXT_DATABASE: Attribute = live("ClearText.Database");
}

/// The attributes of an entry of a proxy's auth list.
pub(crate) mod auth {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const SCHEME: Attribute = attribute("auth_scheme", "AuthScheme");
    pub(crate) const IAM: Attribute = attribute("iam_auth", "IAMAuth");
    pub(crate) const CLIENT_PASSWORD: Attribute =
        attribute("client_password_auth_type", "ClientPasswordAuthType");
    pub(crate) const USER_NAME: Attribute = attribute("username", "UserName");
    pub(crate) const SECRET: Attribute = attribute("secret_arn", "SecretArn");
}

/// The attributes of the connection pool of a proxy's default target group.
pub(crate) mod pool {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const PINNING_FILTERS: Attribute = attribute(
        "connection_pool_config.session_pinning_filters",
        "ConnectionPoolConfigurationInfo.SessionPinningFilters",
    );
    pub(crate) const INIT_QUERY: Attribute = attribute(
        "connection_pool_config.init_query",
        "ConnectionPoolConfigurationInfo.InitQuery",
    );
}

/// The attributes that name the target of a proxy; in CloudFormation they belong to the target group.
pub(crate) mod target {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const PROXY: Attribute = attribute("db_proxy_name", "DBProxyName");
    pub(crate) const INSTANCE: Attribute =
        attribute("db_instance_identifier", "DBInstanceIdentifiers");
    pub(crate) const CLUSTER: Attribute =
        attribute("db_cluster_identifier", "DBClusterIdentifiers");
}

/// The attributes of an endpoint in addition to the default one.
pub(crate) mod endpoint {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const PROXY: Attribute = attribute("db_proxy_name", "DBProxyName");
    pub(crate) const NAME: Attribute = attribute("db_proxy_endpoint_name", "DBProxyEndpointName");
    pub(crate) const TARGET_ROLE: Attribute = attribute("target_role", "TargetRole");
    pub(crate) const SECURITY_GROUPS: Attribute =
        attribute("vpc_security_group_ids", "VpcSecurityGroupIds");
    pub(crate) const SUBNETS: Attribute = attribute("vpc_subnet_ids", "VpcSubnetIds");
}

/// The attributes of a secret, its value and its policy.
pub(crate) mod secret {
    use super::super::{attribute, elsewhere, live};
    use crate::language::vocabulary::Attribute;

    pub(crate) const NAME: Attribute = attribute("name", "Name");
    pub(crate) const KEY: Attribute = attribute("kms_key_id", "KmsKeyId");
    pub(crate) const TAGS: Attribute = attribute("tags", "Tags");
    pub(crate) const TEXT: Attribute = attribute("secret_string", "SecretString");
    pub(crate) const WRITE_ONLY_TEXT: Attribute = attribute("secret_string_wo", "");
    pub(crate) const GENERATED: Attribute = attribute("", "GenerateSecretString");
    pub(crate) const GENERATED_TEMPLATE: Attribute =
        attribute("", "GenerateSecretString.SecretStringTemplate");
    pub(crate) const OF_VERSION: Attribute = attribute("secret_id", "SecretId");
    pub(crate) const INLINE_POLICY: Attribute = elsewhere("policy", "ResourcePolicy");
    pub(crate) const OF_POLICY: Attribute = attribute("secret_arn", "SecretId");
    /// As named in `awscc`, the provider that is generated from CloudFormation's schemas. Source: its registry
    /// documentation.
    pub(crate) const OF_CC_POLICY: Attribute = attribute("secret_id", "");
    pub(crate) const CC_POLICY: Attribute = attribute("resource_policy", "");
    pub(crate) const POLICY: Attribute = attribute("policy", "ResourcePolicy");
    pub(crate) const BLOCK_PUBLIC_POLICY: Attribute =
        attribute("block_public_policy", "BlockPublicPolicy");
    pub(crate) const OWNING_SERVICE: Attribute = live("OwningService");
}

/// The attributes of a role.
pub(crate) mod role {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const NAME: Attribute = attribute("name", "RoleName");
    pub(crate) const TRUST: Attribute = attribute("assume_role_policy", "AssumeRolePolicyDocument");
    pub(crate) const INLINE_POLICIES: Attribute = attribute("inline_policy", "Policies");
    pub(crate) const MANAGED_POLICIES: Attribute =
        attribute("managed_policy_arns", "ManagedPolicyArns");
}

/// The attributes of a policy: inline, managed or attached.
pub(crate) mod iam_policy {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const NAME: Attribute = attribute("name", "ManagedPolicyName");
    pub(crate) const DOCUMENT: Attribute = attribute("policy", "PolicyDocument");
    pub(crate) const CC_DOCUMENT: Attribute = attribute("policy_document", "");
    pub(crate) const ROLE: Attribute = attribute("role", "RoleName");
    pub(crate) const ROLES: Attribute = attribute("roles", "Roles");
    pub(crate) const ROLE_NAME: Attribute = attribute("role_name", "");
    pub(crate) const ATTACHED: Attribute = attribute("policy_arn", "");
    pub(crate) const ALL_ATTACHED: Attribute = attribute("policy_arns", "");
}

/// The attributes of any resource.
pub(crate) mod resource {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    /// Present only if the number of instances is unknown.
    pub(crate) const COUNT: Attribute = attribute("count", "@Condition");
}

/// The attributes of a security group.
pub(crate) mod group {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const NAME: Attribute = attribute("name", "GroupName");
    pub(crate) const VPC: Attribute = attribute("vpc_id", "VpcId");
    pub(crate) const INGRESS: Attribute = attribute("ingress", "SecurityGroupIngress");
    pub(crate) const EGRESS: Attribute = attribute("egress", "SecurityGroupEgress");
    /// The filters by which a data source looks up a group.
    pub(crate) const FILTERS: Attribute = attribute("filter", "");
    pub(crate) const FILTER_NAME: Attribute = attribute("name", "");
    pub(crate) const FILTER_VALUES: Attribute = attribute("values", "");
}

/// The attributes of a security group rule, inline or as a resource of its own.
pub(crate) mod group_rule {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const GROUP: Attribute = attribute("security_group_id", "GroupId");
    pub(crate) const GROUP_BY_NAME: Attribute = attribute("group_name", "GroupName");
    pub(crate) const CC_GROUP: Attribute = attribute("group_id", "");
    pub(crate) const CC_CIDR: Attribute = attribute("cidr_ip", "");
    pub(crate) const CC_CIDR6: Attribute = attribute("cidr_ipv_6", "");
    pub(crate) const CC_DESTINATION: Attribute = attribute("destination_security_group_id", "");
    pub(crate) const DIRECTION: Attribute = attribute("type", "");
    pub(crate) const INLINE_PROTOCOL: Attribute = attribute("protocol", "IpProtocol");
    pub(crate) const PROTOCOL: Attribute = attribute("ip_protocol", "IpProtocol");
    pub(crate) const FROM: Attribute = attribute("from_port", "FromPort");
    pub(crate) const TO: Attribute = attribute("to_port", "ToPort");
    pub(crate) const SELF: Attribute = attribute("self", "");
    pub(crate) const SOURCE_GROUP: Attribute =
        attribute("source_security_group_id", "SourceSecurityGroupId");
    pub(crate) const DESTINATION_GROUP: Attribute =
        attribute("source_security_group_id", "DestinationSecurityGroupId");
    pub(crate) const REFERENCED_GROUP: Attribute = attribute("referenced_security_group_id", "");
    pub(crate) const PEER_NAME: Attribute = attribute("", "SourceSecurityGroupName");
    pub(crate) const INLINE_GROUPS: Attribute = attribute("security_groups", "");
    pub(crate) const CIDR: Attribute = attribute("cidr_ipv4", "CidrIp");
    pub(crate) const CIDR6: Attribute = attribute("cidr_ipv6", "CidrIpv6");
    pub(crate) const CIDRS: Attribute = attribute("cidr_blocks", "");
    pub(crate) const CIDRS6: Attribute = attribute("ipv6_cidr_blocks", "");
    pub(crate) const SOURCE_PREFIX_LIST: Attribute =
        attribute("prefix_list_id", "SourcePrefixListId");
    pub(crate) const DESTINATION_PREFIX_LIST: Attribute =
        attribute("prefix_list_id", "DestinationPrefixListId");
    pub(crate) const PREFIX_LISTS: Attribute = attribute("prefix_list_ids", "");
}

/// The attributes of a database instance.
pub(crate) mod instance {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const IDENTIFIER: Attribute = attribute("identifier", "DBInstanceIdentifier");
    pub(crate) const ENGINE: Attribute = attribute("engine", "Engine");
    pub(crate) const VERSION: Attribute = attribute("engine_version", "EngineVersion");
    pub(crate) const PORT: Attribute = attribute("port", "Port");
    pub(crate) const SECURITY_GROUPS: Attribute =
        attribute("vpc_security_group_ids", "VPCSecurityGroups");
    pub(crate) const SUBNET_GROUP: Attribute =
        attribute("db_subnet_group_name", "DBSubnetGroupName");
    pub(crate) const PARAMETERS: Attribute =
        attribute("parameter_group_name", "DBParameterGroupName");
    pub(crate) const REPLICA_OF: Attribute =
        attribute("replicate_source_db", "SourceDBInstanceIdentifier");
    pub(crate) const IAM: Attribute = attribute(
        "iam_database_authentication_enabled",
        "EnableIAMDatabaseAuthentication",
    );
    pub(crate) const MASTER_USER: Attribute = attribute("username", "MasterUsername");
    pub(crate) const MASTER_PASSWORD: Attribute = attribute("password", "MasterUserPassword");
}

/// The attributes of a database cluster.
pub(crate) mod cluster {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const IDENTIFIER: Attribute = attribute("cluster_identifier", "DBClusterIdentifier");
    pub(crate) const ENGINE_MODE: Attribute = attribute("engine_mode", "EngineMode");
    pub(crate) const PARAMETERS: Attribute = attribute(
        "db_cluster_parameter_group_name",
        "DBClusterParameterGroupName",
    );
    pub(crate) const SECURITY_GROUPS: Attribute =
        attribute("vpc_security_group_ids", "VpcSecurityGroupIds");
    pub(crate) const REPLICA_OF: Attribute = attribute(
        "replication_source_identifier",
        "ReplicationSourceIdentifier",
    );
    pub(crate) const MASTER_USER: Attribute = attribute("master_username", "MasterUsername");
    pub(crate) const MASTER_PASSWORD: Attribute =
        attribute("master_password", "MasterUserPassword");
}

/// The attributes of an instance or cluster that only the account shows.
pub(crate) mod database {
    use super::super::live;
    use crate::language::vocabulary::Attribute;

    pub(crate) const RESOURCE_ID: Attribute = live("ResourceId");
    pub(crate) const VPC: Attribute = live("VpcId");
    pub(crate) const APPLY_STATUS: Attribute = live("ParameterApplyStatus");
    pub(crate) const MASTER_SECRET: Attribute = live("MasterSecretArn");
}

/// The attributes of a parameter group.
pub(crate) mod parameters {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const INSTANCE_NAME: Attribute = attribute("name", "DBParameterGroupName");
    pub(crate) const CLUSTER_NAME: Attribute = attribute("name", "DBClusterParameterGroupName");
    pub(crate) const FAMILY: Attribute = attribute("family", "Family");
    pub(crate) const PARAMETERS: Attribute = attribute("parameter", "Parameters");
    pub(crate) const PARAMETER_NAME: Attribute = attribute("name", "");
    pub(crate) const PARAMETER_VALUE: Attribute = attribute("value", "");
}

/// The attributes of a database's subnet group.
pub(crate) mod subnet_group {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const NAME: Attribute = attribute("name", "DBSubnetGroupName");
    pub(crate) const SUBNETS: Attribute = attribute("subnet_ids", "SubnetIds");
}

/// The attributes of a Lambda function.
pub(crate) mod function {
    use super::super::{attribute, live};
    use crate::language::vocabulary::Attribute;

    pub(crate) const NAME: Attribute = attribute("function_name", "FunctionName");
    pub(crate) const ROLE: Attribute = attribute("role", "Role");
    pub(crate) const NETWORK: Attribute = attribute("vpc_config", "VpcConfig");
    pub(crate) const SECURITY_GROUPS: Attribute = attribute(
        "vpc_config.security_group_ids",
        "VpcConfig.SecurityGroupIds",
    );
    pub(crate) const SUBNETS: Attribute = attribute("vpc_config.subnet_ids", "VpcConfig.SubnetIds");
    pub(crate) const VPC: Attribute = live("VpcConfig.VpcId");
}

/// The attributes of a subnet.
pub(crate) mod subnet {
    use super::super::{attribute, live};
    use crate::language::vocabulary::Attribute;

    pub(crate) const ZONE: Attribute = attribute("availability_zone", "AvailabilityZone");
    pub(crate) const ZONE_ID: Attribute = attribute("availability_zone_id", "AvailabilityZoneId");
    pub(crate) const VPC: Attribute = attribute("vpc_id", "VpcId");
    pub(crate) const FREE_ADDRESSES: Attribute = live("AvailableIpAddressCount");
}

/// The attributes of a VPC.
pub(crate) mod vpc {
    use super::super::{attribute, live};
    use crate::language::vocabulary::Attribute;

    pub(crate) const TENANCY: Attribute = attribute("instance_tenancy", "InstanceTenancy");
    pub(crate) const CIDR: Attribute = attribute("cidr_block", "CidrBlock");
    pub(crate) const ENCRYPTION_CONTROLS: Attribute = live("EncryptionControls");
}

/// The attributes of a key, its alias, its policy and its grants.
pub(crate) mod key {
    use super::super::attribute;
    use crate::language::vocabulary::Attribute;

    pub(crate) const ALIAS: Attribute = attribute("name", "AliasName");
    pub(crate) const TARGET: Attribute = attribute("target_key_id", "TargetKeyId");
    pub(crate) const POLICY: Attribute = attribute("policy", "KeyPolicy");
    pub(crate) const OF_POLICY: Attribute = attribute("key_id", "");
    pub(crate) const PRIMARY: Attribute = attribute("primary_key_arn", "PrimaryKeyArn");
    pub(crate) const GRANTEE: Attribute = attribute("grantee_principal", "");
    pub(crate) const OPERATIONS: Attribute = attribute("operations", "");
}
