#!/usr/bin/env python3
"""Makes the surroundings of a proxy exist in the fake AWS: everything that a spec names and does not create itself.

    seed_aws.py ENDPOINT SPEC      SPEC is an rdsproxy.toml, or JSON with the same keys

VPC, subnets (one zone each), security groups, the database with a parameter group that forces TLS where the spec says so, the
functions with their roles, existing secrets and keys, the readers of a strict policy, the topic of the alarms. Each has the id
that the spec gives it (fake_ids.py). Prints what was made as JSON.
"""

import io
import json
import re
import sys
import tomllib
import zipfile

import boto3

LAMBDA_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}

# For each engine: its name in the API, a version, the default port, the parameter that refuses clear text.
ENGINES = {
    "mysql": ("mysql", "8.0.40", 3306, ("require_secure_transport", "1")),
    "mariadb": ("mariadb", "11.4.5", 3306, ("require_secure_transport", "1")),
    "postgresql": ("postgres", "16.4", 5432, ("rds.force_ssl", "1")),
    "sqlserver": ("sqlserver-se", "15.00.4430.1.v1", 1433, ("rds.force_ssl", "1")),
    "aurora-mysql": ("aurora-mysql", "8.0.mysql_aurora.3.08.0", 3306, ("require_secure_transport", "ON")),
    "aurora-postgresql": ("aurora-postgresql", "16.4", 5432, ("rds.force_ssl", "1")),
}


def read_spec(path):
    with open(path, "rb") as file:
        return tomllib.load(file) if path.endswith(".toml") else json.load(file)


def custom_id(wanted):
    return [{"Key": "_custom_id_", "Value": wanted}] if wanted else []


def family(engine, version):
    """The parameter group family, as far as the fake AWS cares."""
    major = re.match(r"\d+(\.\d+)?", version).group()
    whole = engine.endswith("postgres") or engine.endswith("postgresql")
    return engine + (major.split(".")[0] if whole else major)


class Account:
    def __init__(self, endpoint, spec):
        self.spec = spec
        self.region = spec["proxy"]["region"]
        self.endpoint = endpoint
        self.made = {}

    def client(self, service):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def seed(self):
        self.network()
        self.groups()
        self.keys_and_secrets()
        self.database()
        self.functions()
        self.others()
        return self.made

    def network(self):
        ec2, network = self.client("ec2"), self.spec["network"]
        tags = [{"ResourceType": "vpc", "Tags": custom_id(network["vpc_id"])}]
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        subnets = []
        for index, wanted in enumerate(network["subnet_ids"]):
            made = ec2.create_subnet(
                VpcId=vpc,
                CidrBlock=f"10.20.{index}.0/24",
                AvailabilityZone=f"{self.region}{'abc'[index % 3]}",
                TagSpecifications=[{"ResourceType": "subnet", "Tags": custom_id(wanted)}],
            )
            subnets.append(made["Subnet"]["SubnetId"])
        self.made.update(vpc_id=vpc, subnet_ids=subnets)

    def groups(self):
        """Closed groups: a path that works must come from what is generated."""
        consumers = self.spec.get("consumers") or []
        wanted = [self.spec["database"], *consumers]
        ids = sorted({group for owner in wanted for group in owner["security_group_ids"]})
        ec2 = self.client("ec2")
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        for group in ids:
            tags = [{"ResourceType": "security-group", "Tags": custom_id(group)}]
            made = ec2.create_security_group(
                GroupName=f"seed {group}", Description="seed", VpcId=self.made["vpc_id"], TagSpecifications=tags
            )
            ec2.revoke_security_group_egress(GroupId=made["GroupId"], IpPermissions=everything)
        self.made["security_group_ids"] = ids

    def policy_of_secret(self):
        """Lets in RDS for this account alone, and nobody without TLS."""
        account = {"StringEquals": {"aws:SourceAccount": self.spec["proxy"]["account_id"]}}
        rds = {"Effect": "Allow", "Principal": {"Service": "rds.amazonaws.com"}, "Condition": account}
        clear = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        common = {"Resource": "*"}
        return {
            "Version": "2012-10-17",
            "Statement": [
                {**rds, "Action": "secretsmanager:GetSecretValue", **common},
                {**clear, "Action": "secretsmanager:*", **common},
            ],
        }

    def keys_and_secrets(self):
        users = self.spec.get("users") or []
        keys = {(self.spec.get("encryption") or {}).get("kms_key"), *(user.get("secret_kms_key") for user in users)}
        kms = self.client("kms")
        self.made["kms_keys"] = []
        for arn in sorted(key for key in keys if (key or "").startswith("arn:")):
            tags = [{"TagKey": "_custom_id_", "TagValue": arn.rsplit("/", 1)[1]}]
            self.made["kms_keys"].append(kms.create_key(Tags=tags)["KeyMetadata"]["Arn"])
        manager = self.client("secretsmanager")
        self.made["secrets"] = []
        for user in users:
            if not user.get("secret", "create").startswith("arn:"):
                continue
            name, suffix = user["secret"].split(":", 6)[6].rsplit("-", 1)
            value = json.dumps({"username": user["name"], "password": "seeded"})
            key = {"KmsKeyId": user["secret_kms_key"]} if user.get("secret_kms_key") else {}
            made = manager.create_secret(Name=name, SecretString=value, Tags=custom_id(suffix), **key)
            self.made["secrets"].append(made["ARN"])
            # As rule 3 wants it of every secret, whoever made it.
            manager.put_resource_policy(SecretId=made["ARN"], ResourcePolicy=json.dumps(self.policy_of_secret()))

    def database(self):
        database = self.spec["database"]
        engine, version, port, parameter = ENGINES[self.spec["proxy"]["engine"]]
        version, port = database.get("engine_version", version), database.get("port", port)
        rds = self.client("rds")
        # Several specs may share an account.
        subnets = f"{database['identifier']}-subnets"
        rds.create_db_subnet_group(
            DBSubnetGroupName=subnets, DBSubnetGroupDescription="seed", SubnetIds=self.made["subnet_ids"]
        )
        group = self.parameter_group(rds, family(engine, version), parameter)
        common = {
            "Engine": engine,
            "EngineVersion": version,
            "Port": port,
            "MasterUsername": "master",
            "MasterUserPassword": "seeded-password",
            "DBSubnetGroupName": subnets,
            "VpcSecurityGroupIds": database["security_group_ids"],
            "StorageEncrypted": True,
            "EnableIAMDatabaseAuthentication": self.spec["proxy"].get("auth") == "end-to-end-iam",
            "Tags": custom_id(database.get("resource_id")),
        }
        if database["kind"] == "cluster":
            self.cluster(rds, common, group)
        else:
            made = rds.create_db_instance(
                DBInstanceIdentifier=database["identifier"],
                DBInstanceClass="db.r6g.large",
                AllocatedStorage=20,
                DBParameterGroupName=group,
                **common,
            )["DBInstance"]
            self.made.update(database=made["DBInstanceIdentifier"], resource_id=made["DbiResourceId"])
        self.made["parameter_group"] = group

    def cluster(self, rds, common, group):
        identifier = self.spec["database"]["identifier"]
        made = rds.create_db_cluster(DBClusterIdentifier=identifier, DBClusterParameterGroupName=group, **common)
        for number in (1, 2):
            rds.create_db_instance(
                DBInstanceIdentifier=f"{identifier}-{number}",
                DBInstanceClass="db.r6g.large",
                Engine=common["Engine"],
                DBClusterIdentifier=identifier,
            )
        cluster = made["DBCluster"]
        self.made.update(database=cluster["DBClusterIdentifier"], resource_id=cluster["DbClusterResourceId"])

    def parameter_group(self, rds, family_name, parameter):
        """The group that the database has today. It forces TLS only where the spec says that it does."""
        database = self.spec["database"]
        name = database.get("parameter_group") or f"{database['identifier']}-parameters"
        kind = "Cluster" if database["kind"] == "cluster" else ""
        getattr(rds, f"create_db{'_cluster' if kind else ''}_parameter_group")(
            **{f"DB{kind}ParameterGroupName": name, "DBParameterGroupFamily": family_name, "Description": "seed"}
        )
        if database.get("tls") == "enforced":
            value = {"ParameterName": parameter[0], "ParameterValue": parameter[1], "ApplyMethod": "immediate"}
            getattr(rds, f"modify_db{'_cluster' if kind else ''}_parameter_group")(
                **{f"DB{kind}ParameterGroupName": name, "Parameters": [value]}
            )
        return name

    def functions(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("app.py", "def handler(event, context):\n    return 1\n")
        functions, self.made["functions"] = self.client("lambda"), []
        for consumer in self.spec.get("consumers") or []:
            made = functions.create_function(
                FunctionName=consumer["function"],
                Role=self.role(consumer["role"]),
                Runtime="python3.12",
                Handler="app.handler",
                Code={"ZipFile": archive.getvalue()},
                VpcConfig={
                    "SubnetIds": self.made["subnet_ids"],
                    "SecurityGroupIds": consumer["security_group_ids"],
                },
            )
            self.made["functions"].append(made["FunctionArn"])

    def role(self, name):
        iam = self.client("iam")
        roles = self.made.setdefault("roles", {})
        if name not in roles:
            made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(LAMBDA_TRUST))
            roles[name] = made["Role"]["Arn"]
        return roles[name]

    def others(self):
        for arn in (self.spec.get("encryption") or {}).get("secret_readers") or []:
            if ":role/" in arn:
                self.role(arn.rsplit("/", 1)[1])
        topic = (self.spec.get("monitoring") or {}).get("topic_arn")
        if topic:
            self.made["topic"] = self.client("sns").create_topic(Name=topic.rsplit(":", 1)[1])["TopicArn"]


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: seed_aws.py ENDPOINT SPEC")
    print(json.dumps(Account(sys.argv[1], read_spec(sys.argv[2])).seed(), indent=2))


if __name__ == "__main__":
    main()
