"""Weakens a deployed proxy as people do by hand, one mutation at a time.

usage: mutate_aws.py ENDPOINT REGION PROXY MUTATION
       mutate_aws.py list
"""

import datetime
import json
import sys

import boto3

ANYWHERE = [{"CidrIp": "0.0.0.0/0"}]


class Proxy:
    """A proxy on the fake AWS, and the clients of what surrounds it."""

    def __init__(self, endpoint, region, name):
        self.name = name
        self.sessions = dict(
            endpoint_url=endpoint, region_name=region, aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        self.rds = self.client("rds")
        self.facts = self.rds.describe_db_proxies(DBProxyName=name)["DBProxies"][0]
        self.group = self.facts["VpcSecurityGroupIds"][0]
        self.role = self.facts["RoleArn"].rsplit("/", 1)[1]
        self.secret = self.facts["Auth"][0]["SecretArn"] if self.facts["Auth"] else None

    def client(self, service):
        return boto3.client(service, **self.sessions)

    def modify(self, **changes):
        self.rds.modify_db_proxy(DBProxyName=self.name, **changes)

    def clear_text_allowed(self):
        self.modify(RequireTLS=False)

    def clear_text_seen(self):
        """TLS is not required, and the metrics show what came of it."""
        self.modify(RequireTLS=False)
        hour_ago = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
        values = {"ClientConnectionsNoTLS": 3, "DatabaseConnections": 5, "DatabaseConnectionsWithTLS": 2}
        self.client("cloudwatch").put_metric_data(
            Namespace="AWS/RDS",
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "ProxyName", "Value": self.name}],
                    "Timestamp": hour_ago,
                    "Value": value,
                }
                for name, value in values.items()
            ],
        )

    def debug_logging(self):
        self.modify(DebugLogging=True)

    def passwords_allowed(self):
        self.modify(Auth=[dict(entry, IAMAuth="DISABLED") for entry in self.facts["Auth"]])

    def one_entry_with_password(self):
        first, *rest = self.facts["Auth"]
        self.modify(Auth=[dict(first, IAMAuth="DISABLED"), *rest])

    def secret_twice(self):
        first, *rest = self.facts["Auth"]
        self.modify(Auth=[first, dict(first, Description="again"), *rest])

    def ingress_from_anywhere(self):
        self.authorize("ingress", 0, 65535)

    def ingress_one_port_from_anywhere(self):
        port = 3306 if self.facts["EngineFamily"] == "MYSQL" else 5432
        self.authorize("ingress", port, port)

    def egress_to_anywhere(self):
        self.authorize("egress", 443, 443)

    def authorize(self, direction, first, last):
        getattr(self.client("ec2"), f"authorize_security_group_{direction}")(
            GroupId=self.group,
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": ANYWHERE}],
        )

    def ingress_revoked(self):
        """No weakening: nobody gets in any more."""
        ec2 = self.client("ec2")
        group = ec2.describe_security_groups(GroupIds=[self.group])["SecurityGroups"][0]
        ec2.revoke_security_group_ingress(GroupId=self.group, IpPermissions=group["IpPermissions"])

    def default_group(self):
        filters = [{"Name": "vpc-id", "Values": [self.facts["VpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
        group = self.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"][0]
        self.modify(SecurityGroups=[group["GroupId"]])

    def secret_policy_deleted(self):
        self.client("secretsmanager").delete_resource_policy(SecretId=self.secret)

    def secret_policy_for_everyone(self):
        statement = {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        self.client("secretsmanager").put_resource_policy(
            SecretId=self.secret,
            ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            BlockPublicPolicy=False,
        )

    def role_reads_every_secret(self):
        statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        self.client("iam").put_role_policy(
            RoleName=self.role,
            PolicyName="by-hand",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    def role_for_lambda(self):
        services = ["rds.amazonaws.com", "lambda.amazonaws.com"]
        statement = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole"}
        self.client("iam").update_assume_role_policy(
            RoleName=self.role, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )

    def pool_changed(self):
        """No weakening, and a change all the same."""
        self.rds.modify_db_proxy_target_group(
            DBProxyName=self.name,
            TargetGroupName="default",
            ConnectionPoolConfig={"MaxConnectionsPercent": 100, "MaxIdleConnectionsPercent": 50},
        )

    def idle_timeout_changed(self):
        """No weakening, and a change all the same."""
        self.modify(IdleClientTimeout=3600)


    # The network

    def allow(self, group, direction="ingress", **rule):
        """One more rule of a group: TCP on the port of the proxy, where nothing else is said."""
        rule = {"IpProtocol": "tcp", "FromPort": self.port, "ToPort": self.port, **rule}
        getattr(self.client("ec2"), f"authorize_security_group_{direction}")(GroupId=group, IpPermissions=[rule])

    @property
    def port(self):
        return 3306 if self.facts["EngineFamily"] == "MYSQL" else 5432

    @property
    def database(self):
        return self.rds.describe_db_instances()["DBInstances"][0]

    @property
    def database_group(self):
        return self.database["VpcSecurityGroups"][0]["VpcSecurityGroupId"]

    def other_group(self):
        made = self.client("ec2").create_security_group(
            GroupName="bastion", Description="by hand", VpcId=self.facts["VpcId"]
        )
        return made["GroupId"]

    def ingress_from_private_range(self):
        self.allow(self.group, IpRanges=[{"CidrIp": "10.0.0.0/8"}])

    def ingress_from_anywhere_ipv6(self):
        self.allow(self.group, Ipv6Ranges=[{"CidrIpv6": "::/0"}])

    def ingress_from_other_group(self):
        self.allow(self.group, UserIdGroupPairs=[{"GroupId": self.other_group()}])

    def ingress_of_all_protocols(self):
        self.allow(self.group, IpProtocol="-1", UserIdGroupPairs=[{"GroupId": self.other_group()}])

    def egress_to_private_range(self):
        self.allow(self.group, "egress", IpRanges=[{"CidrIp": "10.0.0.0/8"}])

    def egress_to_anywhere_ipv6(self):
        self.allow(self.group, "egress", Ipv6Ranges=[{"CidrIpv6": "::/0"}])

    def egress_revoked(self):
        """No weakening: nothing gets out any more."""
        ec2 = self.client("ec2")
        group = ec2.describe_security_groups(GroupIds=[self.group])["SecurityGroups"][0]
        ec2.revoke_security_group_egress(GroupId=self.group, IpPermissions=group["IpPermissionsEgress"])

    def second_group_open(self):
        other = self.other_group()
        self.allow(other, IpRanges=ANYWHERE)
        self.modify(SecurityGroups=[self.group, other])

    def database_from_private_range(self):
        self.allow(self.database_group, IpRanges=[{"CidrIp": "10.0.0.0/8"}])

    def database_from_anywhere(self):
        self.allow(self.database_group, IpRanges=ANYWHERE)

    def database_from_other_group(self):
        self.allow(self.database_group, UserIdGroupPairs=[{"GroupId": self.other_group()}])

    def database_from_anywhere_on_another_port(self):
        """No weakening: the database does not listen there."""
        self.allow(self.database_group, FromPort=22, ToPort=22, IpRanges=ANYWHERE)

    def endpoint_with_open_group(self):
        other = self.other_group()
        self.allow(other, IpRanges=ANYWHERE)
        self.endpoint(other)

    def endpoint_with_the_same_group(self):
        """No weakening: through it comes whoever came to the proxy before."""
        self.endpoint(self.group)

    def endpoint(self, group):
        self.rds.create_db_proxy_endpoint(
            DBProxyName=self.name,
            DBProxyEndpointName=f"{self.name}-second",
            VpcSubnetIds=self.facts["VpcSubnetIds"],
            VpcSecurityGroupIds=[group],
        )

    # Policies

    def put_secret_policy(self, change):
        secrets = self.client("secretsmanager")
        policy = json.loads(secrets.get_resource_policy(SecretId=self.secret)["ResourcePolicy"])
        change(policy["Statement"])
        secrets.put_resource_policy(SecretId=self.secret, ResourcePolicy=json.dumps(policy))

    def secret_policy_without_denials(self):
        self.put_secret_policy(lambda statements: statements.__setitem__(
            slice(None), [one for one in statements if one["Effect"] == "Allow"]
        ))

    def secret_policy_for_another_account(self):
        self.put_secret_policy(lambda statements: statements.append({
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
        }))

    def secret_policy_denies_more(self):
        """No weakening: somebody less reads it."""
        self.put_secret_policy(lambda statements: statements.append({
            "Effect": "Deny",
            "Principal": "*",
            "Action": "secretsmanager:DeleteSecret",
            "Resource": "*",
        }))

    def put_role_policy(self, role, actions, resource):
        statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
        self.client("iam").put_role_policy(
            RoleName=role,
            PolicyName="by-hand",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    def role_decrypts_with_every_key(self):
        self.put_role_policy(self.role, "kms:Decrypt", "*")

    def role_may_do_everything(self):
        self.put_role_policy(self.role, "*", "*")

    def role_with_managed_policy(self):
        iam = self.client("iam")
        statement = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
        made = iam.create_policy(
            PolicyName="by-hand", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )
        iam.attach_role_policy(RoleName=self.role, PolicyArn=made["Policy"]["Arn"])

    def role_for_another_account(self):
        self.put_trust({"AWS": "arn:aws:iam::999999999999:root"})

    def role_for_anyone(self):
        self.put_trust("*")

    def put_trust(self, principal):
        statements = [
            {"Effect": "Allow", "Principal": one, "Action": "sts:AssumeRole"}
            for one in ({"Service": "rds.amazonaws.com"}, principal)
        ]
        self.client("iam").update_assume_role_policy(
            RoleName=self.role, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements})
        )

    def consumer_connects_everywhere(self):
        self.put_role_policy("orders-api-role", "rds-db:connect", "*")

    def consumer_connects_as_any_user(self):
        proxy = self.facts["DBProxyArn"].rsplit(":", 1)[1]
        self.put_role_policy(
            "orders-api-role", "rds-db:connect", f"arn:aws:rds-db:eu-west-1:123456789012:dbuser:{proxy}/*"
        )

    # The database and the pool

    def database_takes_clear_text(self):
        group = self.database["DBParameterGroups"][0]["DBParameterGroupName"]
        self.rds.modify_db_parameter_group(
            DBParameterGroupName=group,
            Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}],
        )

    def pinning_filter(self):
        """No weakening, and a change all the same."""
        self.pool(SessionPinningFilters=["EXCLUDE_VARIABLE_SETS"])

    def borrow_timeout(self):
        """No weakening, and a change all the same."""
        self.pool(ConnectionBorrowTimeout=3)

    def pool(self, **changes):
        group = self.rds.describe_db_proxy_target_groups(DBProxyName=self.name)["TargetGroups"][0]
        config = {**group["ConnectionPoolConfig"], **changes}
        self.rds.modify_db_proxy_target_group(
            DBProxyName=self.name, TargetGroupName="default", ConnectionPoolConfig=config
        )

    def target_deregistered(self):
        """No weakening, and a change all the same."""
        self.rds.deregister_db_proxy_targets(
            DBProxyName=self.name, DBInstanceIdentifiers=[self.database["DBInstanceIdentifier"]]
        )

    def tags_changed(self):
        """No weakening, and a change all the same."""
        self.rds.add_tags_to_resource(
            ResourceName=self.facts["DBProxyArn"], Tags=[{"Key": "team", "Value": "somebody else"}]
        )



# What mutations are made of.
PARTS = ["client", "modify", "authorize", "allow", "other_group", "endpoint", "put_secret_policy", "put_role_policy", "put_trust", "pool"]


MUTATIONS = [
    name
    for name, member in vars(Proxy).items()
    if not name.startswith("_") and name not in PARTS and callable(member)
]


def main():
    if sys.argv[1:] == ["list"]:
        return print("\n".join(MUTATIONS))
    if len(sys.argv) != 5 or sys.argv[4] not in MUTATIONS:
        sys.exit(__doc__)
    endpoint, region, name, mutation = sys.argv[1:]
    getattr(Proxy(endpoint, region, name), mutation)()


if __name__ == "__main__":
    main()
