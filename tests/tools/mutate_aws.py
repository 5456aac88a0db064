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


MUTATIONS = [
    name
    for name, member in vars(Proxy).items()
    if not name.startswith("_") and name not in ("client", "modify", "authorize") and callable(member)
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
