#!/usr/bin/env python3
"""An account of a size that nobody makes by hand, made up as it is asked for.

    large_aws.py [--functions N] [--secrets N] [--databases N] [--proxies N] [--latency SECONDS] [--rate N] [--until-stdin-closes]

Prints one line, `ready http://127.0.0.1:PORT`. Pages are as large as those of AWS. Each function has a role of its own, each database a
parameter group, each secret a policy, every tenth secret a key; proxy N stands before database N. GET /-/calls answers the calls so far
as JSON, action to number, and counts from nothing again. With --rate each service answers N calls in a second and throttles the others,
which are counted as `throttled`.
"""

import argparse
import collections
import json
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler

from failing_aws import action_of, error, serve

ACCOUNT, REGION = "123456789012", "eu-west-1"
PARAMETERS = [f"a_parameter_{number:03}" for number in range(420)] + ["rds.force_ssl"]
TRUST = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                                               "Action": "sts:AssumeRole"}}
LOGS = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}}
ADMITS = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                                                "Action": "secretsmanager:GetSecretValue", "Resource": "*"}}
MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/shared"

sizes = argparse.Namespace()
calls = collections.Counter()
lock = threading.Lock()
# When each service may answer next.
free = collections.defaultdict(float)


def arn(service, rest):
    return f"arn:aws:{service}:{'' if service == 'iam' else REGION}:{ACCOUNT}:{rest}"


def tag(name, value):
    """XML of texts, lists (of `member`) and maps."""
    if isinstance(value, dict):
        inner = "".join(tag(key, part) for key, part in value.items())
    elif isinstance(value, tuple):
        inner = "".join(tag(value[0], part) for part in value[1])
    else:
        inner = str(value).replace("&", "&amp;").replace("<", "&lt;")
    return f"<{name}>{inner}</{name}>"


def page(items, token, size):
    """The items from the token on, and the next token. An unknown token is none."""
    begin = int(token) if token and token.isdecimal() else 0
    return items[begin : begin + size], str(begin + size) if begin + size < len(items) else None


def secret_arn(number):
    return arn("secretsmanager", f"secret:app{number}-AbCdEf")


def role_arn(name):
    return arn("iam", f"role/{name}")


def encoded(document):
    return urllib.parse.quote(json.dumps(document))


# ---------------------------------------------------------------------------------------------------------------------------- RDS


def instance(number):
    return {
        "DBInstanceIdentifier": f"db{number}", "DbiResourceId": f"db-{number:026}", "Engine": "postgres", "EngineVersion": "16.4",
        "DBInstanceClass": "db.t4g.medium", "Endpoint": {"Address": f"db{number}.x.{REGION}.rds.amazonaws.com", "Port": 5432},
        "DBSubnetGroup": {"DBSubnetGroupName": "private", "VpcId": "vpc-00000001"}, "MasterUsername": "master",
        "DBParameterGroups": ("DBParameterGroup", [{"DBParameterGroupName": f"pg{number}", "ParameterApplyStatus": "in-sync"}]),
        "VpcSecurityGroups": ("VpcSecurityGroupMembership", [{"VpcSecurityGroupId": "sg-00000002", "Status": "active"}]),
        "IAMDatabaseAuthenticationEnabled": "false",
    }


def proxy(number):
    return {
        "DBProxyName": f"proxy{number}", "DBProxyArn": arn("rds", f"db-proxy:prx-{number:017}"), "Status": "available",
        "EngineFamily": "POSTGRESQL", "VpcId": "vpc-00000001", "RoleArn": role_arn(f"proxy{number}"), "RequireTLS": "true",
        "VpcSecurityGroupIds": ("member", ["sg-00000001"]), "VpcSubnetIds": ("member", ["subnet-00000001", "subnet-00000002"]),
        "Auth": ("member", [{"AuthScheme": "SECRETS", "IAMAuth": "REQUIRED", "SecretArn": secret_arn(number)}]),
        "Endpoint": f"proxy{number}.proxy-x.{REGION}.rds.amazonaws.com", "IdleClientTimeout": 1800, "DebugLogging": "false",
    }


def rds(operation, form):
    def listed(name, member, items):
        shown, marker = page(items, form.get("Marker"), int(form.get("MaxRecords", 100)))
        return {name: (member, shown), **({"Marker": marker} if marker else {})}

    name = form.get("DBProxyName", "")
    group = lambda number: {"DBParameterGroupName": f"pg{number}", "DBParameterGroupFamily": "postgres16"}
    if operation == "DescribeDBParameters":
        wanted = {value for key, value in form.items() if key.startswith("Filters.") and ".Value" in key}
        names = [known for known in PARAMETERS if not wanted or known in wanted]
        return listed("Parameters", "Parameter", [{"ParameterName": known, "ParameterValue": "1"} for known in names])
    pool = {"DBProxyName": name, "TargetGroupName": "default", "ConnectionPoolConfig": {
        "MaxConnectionsPercent": 50, "MaxIdleConnectionsPercent": 10, "ConnectionBorrowTimeout": 30}}
    target = {"RdsResourceId": name.replace("proxy", "db"), "Port": 5432, "Type": "RDS_INSTANCE", "TargetHealth": {"State": "AVAILABLE"}}
    answers = {
        "DescribeDBInstances": lambda: listed("DBInstances", "DBInstance", [instance(n) for n in range(sizes.databases)]),
        "DescribeDBClusters": lambda: {"DBClusters": ("DBCluster", [])},
        "DescribeDBParameterGroups": lambda: listed("DBParameterGroups", "DBParameterGroup", [group(n) for n in range(sizes.databases)]),
        "DescribeDBProxies": lambda: listed("DBProxies", "member", [proxy(n) for n in range(sizes.proxies)]),
        "DescribeDBProxyTargetGroups": lambda: {"TargetGroups": ("member", [pool])},
        "DescribeDBProxyTargets": lambda: {"Targets": ("member", [target])},
        "DescribeDBProxyEndpoints": lambda: {"DBProxyEndpoints": ("member", [])},
        "ListTagsForResource": lambda: {"TagList": ("Tag", [])},
    }
    return answers[operation]()


# ---------------------------------------------------------------------------------------------------------------------------- IAM


def role_names():
    return [f"proxy{n}" for n in range(sizes.proxies)] + [f"function{n}" for n in range(sizes.functions)]


def detail(name):
    return {"RoleName": name, "Arn": role_arn(name), "Path": "/", "RoleId": "A", "CreateDate": "2026-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": encoded(TRUST)}


def iam(operation, form):
    attached = {"AttachedPolicies": ("member", [{"PolicyName": "shared", "PolicyArn": MANAGED}])}
    if operation == "GetAccountAuthorizationDetails":
        shown, marker = page(role_names(), form.get("Marker"), int(form.get("MaxItems", 100)))
        roles = [{**detail(name), "RolePolicyList": ("member", [{"PolicyName": "logs", "PolicyDocument": encoded(LOGS)}]),
                  "AttachedManagedPolicies": attached["AttachedPolicies"]} for name in shown]
        version = {"Document": encoded(LOGS), "VersionId": "v1", "IsDefaultVersion": "true"}
        policy = {"PolicyName": "shared", "Arn": MANAGED, "DefaultVersionId": "v1", "PolicyVersionList": ("member", [version])}
        rest = {"IsTruncated": "true", "Marker": marker} if marker else {"IsTruncated": "false"}
        return {"RoleDetailList": ("member", roles), "Policies": ("member", [] if marker else [policy]), **rest}
    return {
        "GetRole": lambda: {"Role": detail(form["RoleName"])},
        "ListRolePolicies": lambda: {"PolicyNames": ("member", ["logs"]), "IsTruncated": "false"},
        "GetRolePolicy": lambda: {"RoleName": form["RoleName"], "PolicyName": "logs", "PolicyDocument": encoded(LOGS)},
        "ListAttachedRolePolicies": lambda: {**attached, "IsTruncated": "false"},
        "GetPolicy": lambda: {"Policy": {"PolicyName": "shared", "Arn": MANAGED, "DefaultVersionId": "v1"}},
        "GetPolicyVersion": lambda: {"PolicyVersion": {"Document": encoded(LOGS), "VersionId": "v1", "IsDefaultVersion": "true"}},
    }[operation]()


# ------------------------------------------------------------------------------------------------------------------------ the rest


def ec2(operation):
    rule = ("item", [{"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "groups": ("item", [{"groupId": "sg-00000001", "userId": ACCOUNT}])}])
    groups = [{"groupId": f"sg-{n:08x}", "groupName": f"g{n}", "groupDescription": "", "vpcId": "vpc-00000001", "ownerId": ACCOUNT,
               "ipPermissions": rule, "ipPermissionsEgress": ("item", [])} for n in range(1, 1000)]
    subnets = [{"subnetId": f"subnet-{n:08x}", "vpcId": "vpc-00000001", "availabilityZone": f"{REGION}{'abc'[n % 3]}",
                "availabilityZoneId": f"euw1-az{n % 3 + 1}", "cidrBlock": f"10.0.{n}.0/24", "availableIpAddressCount": 200} for n in range(1, 30)]
    return {
        "DescribeVpcs": {"vpcSet": ("item", [{"vpcId": "vpc-00000001", "cidrBlock": "10.0.0.0/16", "instanceTenancy": "default"}])},
        "DescribeVpcEncryptionControls": {"vpcEncryptionControlSet": ("item", [])},
        "DescribeSubnets": {"subnetSet": ("item", subnets)},
        "DescribeRouteTables": {"routeTableSet": ("item", [])},
        "DescribeSecurityGroups": {"securityGroupInfo": ("item", groups)},
    }[operation]


def secrets(operation, asked):
    if operation == "GetResourcePolicy":
        return {"ARN": asked["SecretId"], "Name": "x", "ResourcePolicy": json.dumps(ADMITS)}
    of = lambda n: {"ARN": secret_arn(n), "Name": f"app{n}", **({"KmsKeyId": arn("kms", f"key/k{n}")} if n % 10 == 0 else {})}
    shown, token = page([of(n) for n in range(sizes.secrets)], asked.get("NextToken"), asked.get("MaxResults", 100))
    return {"SecretList": shown, **({"NextToken": token} if token else {})}


def kms(operation, asked):
    if operation == "ListAliases":
        of = lambda n: {"AliasName": f"alias/k{n}", "TargetKeyId": f"k{n}", "AliasArn": arn("kms", f"alias/k{n}")}
        shown, marker = page([of(n) for n in range(0, sizes.secrets, 10)], asked.get("Marker"), asked.get("Limit", 50))
        return {"Aliases": shown, "Truncated": marker is not None, **({"NextMarker": marker} if marker else {})}
    if operation == "GetKeyPolicy":
        return {"Policy": json.dumps(ADMITS), "PolicyName": "default"}
    key = asked["KeyId"].rsplit("/", 1)[-1]
    return {"KeyMetadata": {"KeyId": key, "Arn": arn("kms", f"key/{key}"), "KeyManager": "CUSTOMER", "KeyState": "Enabled"}}


def functions(query):
    of = lambda n: {"FunctionName": f"function{n}", "FunctionArn": arn("lambda", f"function:function{n}"), "Runtime": "python3.13",
                    "Role": role_arn(f"function{n}"), "VpcConfig": {"VpcId": "vpc-00000001", "SubnetIds": ["subnet-00000001"], "SecurityGroupIds": ["sg-00000003"]}}
    # Fifty at a time, whatever is asked for. Source: Lambda API Reference, ListFunctions.
    shown, marker = page([of(n) for n in range(sizes.functions)], query.get("Marker"), 50)
    return {"Functions": shown, **({"NextMarker": marker} if marker else {})}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/-/calls":
            counted, _ = dict(calls), calls.clear()
            return self.send("application/json", json.dumps(counted).encode())
        action, dialect = action_of(self.command, url.path, self.headers, body)
        service, operation = action.split(":")
        with lock:
            calls[action] += 1
            now = time.monotonic()
            throttled = sizes.rate and service != "sts" and free[service] > now + 1
            if throttled:
                calls["throttled"] += 1
            elif sizes.rate:
                free[service] = max(free[service], now) + 1 / sizes.rate
        time.sleep(sizes.latency)
        if throttled:
            status, headers, answer = error("throttle", dialect)
            return self.send(headers.pop("Content-Type"), answer, headers, status)
        if dialect == "cbor":
            return self.send("application/cbor", b"\xa1\x71MetricDataResults\x80", {"smithy-protocol": "rpc-v2-cbor"})
        if dialect == "rest":
            return self.send("application/json", json.dumps(functions(dict(urllib.parse.parse_qsl(url.query)))).encode())
        if dialect == "json":
            answer = {"kms": kms, "secretsmanager": secrets}[service](operation, json.loads(body))
            return self.send("application/x-amz-json-1.1", json.dumps(answer).encode())
        form = dict(urllib.parse.parse_qsl(body.decode()))
        if service == "ec2":
            return self.send("text/xml", tag(f"{operation}Response", ec2(operation)).encode())
        if service == "sts":
            answer = {"Arn": arn("iam", "user/a"), "UserId": "A", "Account": ACCOUNT}
        else:
            answer = {"rds": rds, "iam": iam}[service](operation, form)
        return self.send("text/xml", tag(f"{operation}Response", {f"{operation}Result": answer}).encode())

    do_GET = do_POST = do

    def send(self, kind, body, headers=(), status=200):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main():
    parser = argparse.ArgumentParser(description="An account of any size.")
    for name, size in (("functions", 5000), ("secrets", 2000), ("databases", 500), ("proxies", 20)):
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--latency", type=float, default=0, help="seconds that each call takes")
    parser.add_argument("--rate", type=float, default=0, help="calls that each service answers in a second")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when whoever started it ends")
    parser.parse_args(namespace=sizes)
    serve(Handler, sizes.until_stdin_closes)


if __name__ == "__main__":
    main()
