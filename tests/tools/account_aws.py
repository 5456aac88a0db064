#!/usr/bin/env python3
"""A saved account (`rdsproxy-gen snapshot`), answered as AWS would answer the calls that read it.

    account_aws.py FILE [--until-stdin-closes]

Prints one line, `ready http://127.0.0.1:PORT`. What the file does not show (a policy that was not visible) is answered as absent.
GET /-/calls answers the calls so far as JSON, action to number, and counts from nothing again.
"""

import argparse
import collections
import json
import struct
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler

from failing_aws import action_of, serve
from large_aws import encoded, page, tag

account = {}
calls = collections.Counter()
lock = threading.Lock()


def all_of(field):
    return account.get(field, [])


def one(field, key, value):
    return next(item for item in all_of(field) if item[key] == value)


def boolean(value):
    return "true" if value else "false"


def given(**members):
    """Without what has no value: its element is absent."""
    return {name: value for name, value in members.items() if value is not None}


# ---------------------------------------------------------------------------------------------------------------------------- RDS


def groups_of(item):
    ids = item.get("security_group_ids", [])
    return ("VpcSecurityGroupMembership", [{"VpcSecurityGroupId": group, "Status": "active"} for group in ids])


def of_database(item):
    secret = item.get("master_secret_arn")
    return given(Engine=item["engine"], EngineVersion=item["version"], MasterUsername=item.get("master_username"),
                 VpcSecurityGroups=groups_of(item), IAMDatabaseAuthenticationEnabled=boolean(item.get("iam_enabled")),
                 MasterUserSecret=secret and {"SecretArn": secret})


def instance(item):
    group = {"DBParameterGroupName": item.get("parameter_group", ""), "ParameterApplyStatus": item.get("parameter_apply_status", "")}
    return {**of_database(item), **given(
        DBInstanceIdentifier=item["identifier"], DbiResourceId=item["resource_id"], DBInstanceClass=item.get("class"),
        Endpoint={"Address": "db.rds.amazonaws.com", "Port": item["port"]}, DBName=item.get("database_name"),
        DBSubnetGroup={"DBSubnetGroupName": "of-" + item["identifier"], "VpcId": item["vpc_id"]},
        DBParameterGroups=("DBParameterGroup", [group]), DBClusterIdentifier=item.get("cluster_identifier"),
        ReadReplicaSourceDBInstanceIdentifier=item.get("replica_of"))}


def cluster(item):
    member = {"DBInstanceIdentifier": item["identifier"] + "-1", "IsClusterWriter": "true",
              "DBClusterParameterGroupStatus": item.get("parameter_apply_status", "")}
    return {**of_database(item), **given(
        DBClusterIdentifier=item["identifier"], DbClusterResourceId=item["resource_id"], EngineMode=item.get("engine_mode"),
        Port=item["port"], DatabaseName=item.get("database_name"), DBSubnetGroup="of-" + item["identifier"],
        DBClusterParameterGroup=item.get("parameter_group"), DBClusterMembers=("DBClusterMember", [member]))}


def proxy(item):
    auth = [given(AuthScheme=entry["scheme"], SecretArn=entry.get("secret_arn"), IAMAuth=entry.get("iam_auth"),
                  ClientPasswordAuthType=entry.get("client_password_auth_type"), UserName=entry.get("user_name"),
                  Description=entry.get("description")) for entry in item.get("auth", [])]
    return given(
        DBProxyName=item["name"], DBProxyArn=item["arn"], Status=item.get("status"), EngineFamily=item["engine_family"],
        VpcId=item["vpc_id"], RoleArn=item["role_arn"], RequireTLS=boolean(item["require_tls"]), Auth=("member", auth),
        VpcSecurityGroupIds=("member", item["security_group_ids"]), VpcSubnetIds=("member", item["subnet_ids"]),
        DefaultAuthScheme=item.get("default_auth_scheme"), Endpoint=item.get("endpoint"),
        IdleClientTimeout=item["idle_client_timeout"], DebugLogging=boolean(item["debug_logging"]))


def pool(item):
    facts = item["pool"]
    return {"DBProxyName": item["name"], "TargetGroupName": "default", "ConnectionPoolConfig": given(
        MaxConnectionsPercent=facts["max_connections_percent"], MaxIdleConnectionsPercent=facts["max_idle_connections_percent"],
        ConnectionBorrowTimeout=facts["borrow_timeout"], InitQuery=facts.get("init_query"),
        SessionPinningFilters=("member", facts.get("pinning_filters", [])))}


def target(item):
    state, _, reason = item.get("health", "").partition(": ")
    return {"RdsResourceId": item["identifier"], "Type": item["kind"], "Port": item.get("port", 0),
            "TargetHealth": given(State=state, Reason=reason or None)}


def endpoint(item):
    return {"DBProxyEndpointName": item["name"], "TargetRole": item["target_role"], "VpcId": item["vpc_id"],
            "VpcSubnetIds": ("member", item["subnet_ids"]), "VpcSecurityGroupIds": ("member", item["security_group_ids"])}


def parameter_groups(of_clusters, prefix):
    groups = [group for group in all_of("parameter_groups") if group["cluster"] == of_clusters]
    return [{f"{prefix}Name": group["name"], "DBParameterGroupFamily": group["family"]} for group in groups]


def parameters(of_clusters, name):
    groups = [group for group in all_of("parameter_groups") if (group["cluster"], group["name"]) == (of_clusters, name)]
    return [{"ParameterName": key, "ParameterValue": value} for group in groups for key, value in group.get("parameters", {}).items()]


def rds(operation, form):
    def listed(name, member, items):
        shown, marker = page(items, form.get("Marker"), int(form.get("MaxRecords", 100)))
        return {name: (member, shown), **given(Marker=marker)}

    of = lambda: one("proxies", "name", form["DBProxyName"])
    subnet_groups = lambda: [{"DBSubnetGroupName": "of-" + item["identifier"], "VpcId": item["vpc_id"]} for item in all_of("db_clusters")]
    tags = lambda: one("proxies", "arn", form["ResourceName"]).get("tags", {})
    return {
        "DescribeDBInstances": lambda: listed("DBInstances", "DBInstance", list(map(instance, all_of("db_instances")))),
        "DescribeDBClusters": lambda: listed("DBClusters", "DBCluster", list(map(cluster, all_of("db_clusters")))),
        "DescribeDBSubnetGroups": lambda: listed("DBSubnetGroups", "DBSubnetGroup", subnet_groups()),
        "DescribeDBParameterGroups": lambda: listed("DBParameterGroups", "DBParameterGroup", parameter_groups(False, "DBParameterGroup")),
        "DescribeDBClusterParameterGroups": lambda: listed(
            "DBClusterParameterGroups", "DBClusterParameterGroup", parameter_groups(True, "DBClusterParameterGroup")),
        "DescribeDBParameters": lambda: listed("Parameters", "Parameter", parameters(False, form["DBParameterGroupName"])),
        "DescribeDBClusterParameters": lambda: listed("Parameters", "Parameter", parameters(True, form["DBClusterParameterGroupName"])),
        "DescribeDBProxies": lambda: listed("DBProxies", "member", list(map(proxy, all_of("proxies")))),
        "DescribeDBProxyTargetGroups": lambda: {"TargetGroups": ("member", [pool(of())])},
        "DescribeDBProxyTargets": lambda: {"Targets": ("member", list(map(target, of().get("targets", []))))},
        "DescribeDBProxyEndpoints": lambda: {"DBProxyEndpoints": ("member", list(map(endpoint, of().get("endpoints", []))))},
        "ListTagsForResource": lambda: {"TagList": ("Tag", [{"Key": key, "Value": value} for key, value in tags().items()])},
    }[operation]()


# ---------------------------------------------------------------------------------------------------------------------------- IAM


def role(item):
    return {"RoleName": item["name"], "Arn": item["arn"], "Path": "/", "RoleId": "A", "CreateDate": "2026-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": encoded(item["trust"])}


def inline(item):
    return [{"PolicyName": policy["name"], "PolicyDocument": encoded(policy["document"])} for policy in item["inline_policies"]]


def attached(item):
    return [{"PolicyName": policy["name"].rsplit("/", 1)[-1], "PolicyArn": policy["name"]} for policy in item["attached_policies"]]


def managed():
    """The documents of managed policies, by ARN."""
    return {policy["name"]: policy["document"] for item in all_of("roles") for policy in item["attached_policies"]}


def version(document):
    return {"Document": encoded(document), "VersionId": "v1", "IsDefaultVersion": "true"}


def together(form):
    shown, marker = page(all_of("roles"), form.get("Marker"), int(form.get("MaxItems", 100)))
    roles = [{**role(item), "RolePolicyList": ("member", inline(item)), "AttachedManagedPolicies": ("member", attached(item))}
             for item in shown]
    policies = [{"PolicyName": arn.rsplit("/", 1)[-1], "Arn": arn, "DefaultVersionId": "v1",
                 "PolicyVersionList": ("member", [version(document)])} for arn, document in managed().items()]
    return {"RoleDetailList": ("member", roles), "Policies": ("member", [] if marker else policies),
            "IsTruncated": boolean(marker), **given(Marker=marker)}


def iam(operation, form):
    of = lambda: one("roles", "name", form["RoleName"])
    whole = {"IsTruncated": "false"}
    return {
        "GetAccountAuthorizationDetails": lambda: together(form),
        "GetRole": lambda: {"Role": role(of())},
        "ListRolePolicies": lambda: {"PolicyNames": ("member", [policy["PolicyName"] for policy in inline(of())]), **whole},
        "GetRolePolicy": lambda: {"RoleName": form["RoleName"], **next(
            policy for policy in inline(of()) if policy["PolicyName"] == form["PolicyName"])},
        "ListAttachedRolePolicies": lambda: {"AttachedPolicies": ("member", attached(of())), **whole},
        "GetPolicy": lambda: {"Policy": {"PolicyName": "x", "Arn": form["PolicyArn"], "DefaultVersionId": "v1"}},
        "GetPolicyVersion": lambda: {"PolicyVersion": version(managed()[form["PolicyArn"]])},
    }[operation]()


# ---------------------------------------------------------------------------------------------------------------------------- EC2


def permission(rule):
    described = given(description=rule.get("description"))
    peers = {
        "groups": [{"groupId": rule["group_id"], "userId": account["account_id"], **described}] if "group_id" in rule else [],
        "ipRanges": [{"cidrIp": rule["cidr"], **described}] if "." in rule.get("cidr", "") else [],
        "ipv6Ranges": [{"cidrIpv6": rule["cidr"], **described}] if ":" in rule.get("cidr", "") else [],
        "prefixListIds": [{"prefixListId": rule["prefix_list_id"], **described}] if "prefix_list_id" in rule else [],
    }
    return {**given(ipProtocol=rule["protocol"], fromPort=rule.get("from_port"), toPort=rule.get("to_port")),
            **{name: ("item", members) for name, members in peers.items()}}


def named(item):
    return {"tagSet": ("item", [{"key": "Name", "value": item["name"]}] if item.get("name") else [])}


def vpc(item):
    ranges = [{"cidrBlock": block} for block in item["cidrs"]]
    return {"vpcId": item["id"], "cidrBlock": item["cidrs"][0], "cidrBlockAssociationSet": ("item", ranges),
            "instanceTenancy": item["tenancy"], **named(item)}


def subnet(item):
    return {"subnetId": item["id"], "vpcId": item["vpc_id"], "availabilityZone": item["zone"], "availabilityZoneId": item["zone_id"],
            "cidrBlock": item["cidr"], "availableIpAddressCount": item["free_addresses"], **named(item)}


def route_table(item):
    gateway = "igw-1" if item.get("public") else "vgw-1"
    return {"vpcId": item["vpc_id"], "associationSet": ("item", [{"subnetId": item["id"], "main": "false"}]),
            "routeSet": ("item", [{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway}])}


def security_group(item):
    return {"groupId": item["id"], "groupName": item["name"], "groupDescription": item.get("description", ""),
            "vpcId": item["vpc_id"], "ownerId": item["owner_id"],
            "ipPermissions": ("item", list(map(permission, item.get("ingress", [])))),
            "ipPermissionsEgress": ("item", list(map(permission, item.get("egress", []))))}


def ec2(operation):
    controls = [{"vpcId": item["id"], "mode": item["encryption_controls"]} for item in all_of("vpcs") if "encryption_controls" in item]
    lists = {
        "DescribeVpcs": ("vpcSet", map(vpc, all_of("vpcs"))),
        "DescribeVpcEncryptionControls": ("vpcEncryptionControlSet", controls),
        "DescribeSubnets": ("subnetSet", map(subnet, all_of("subnets"))),
        "DescribeRouteTables": ("routeTableSet", map(route_table, all_of("subnets"))),
        "DescribeSecurityGroups": ("securityGroupInfo", map(security_group, all_of("security_groups"))),
    }
    name, items = lists[operation]
    return {name: ("item", list(items))}


# ------------------------------------------------------------------------------------------------------------------------ the rest


def secrets(operation, asked):
    if operation == "GetResourcePolicy":
        item = one("secrets", "arn", asked["SecretId"])
        policy = item.get("policy")
        return given(ARN=item["arn"], Name=item["name"], ResourcePolicy=policy and json.dumps(policy))
    of = lambda item: given(
        ARN=item["arn"], Name=item["name"], KmsKeyId=item.get("kms_key_id"), OwningService=item.get("owning_service"),
        Tags=[{"Key": key, "Value": value} for key, value in item.get("tags", {}).items()])
    shown, token = page([of(item) for item in all_of("secrets")], asked.get("NextToken"), asked.get("MaxResults", 100))
    return {"SecretList": shown, **given(NextToken=token)}


def key_id(item):
    return item["arn"].rsplit("/", 1)[-1]


def kms(operation, asked):
    if operation == "ListAliases":
        aliases = [{"AliasName": alias, "TargetKeyId": key_id(item), "AliasArn": item["arn"].rsplit(":", 1)[0] + ":" + alias}
                   for item in all_of("kms_keys") for alias in item.get("aliases", [])]
        return {"Aliases": aliases, "Truncated": False}
    item = next(item for item in all_of("kms_keys") if key_id(item) == asked["KeyId"].rsplit("/", 1)[-1])
    if operation == "GetKeyPolicy":
        return {"Policy": json.dumps(item["policy"]), "PolicyName": "default"}
    return {"KeyMetadata": {"KeyId": key_id(item), "Arn": item["arn"], "KeyManager": "CUSTOMER",
                            "Description": item.get("description", ""), "KeyState": item.get("state", "Enabled")}}


def functions(query):
    of = lambda item: {"FunctionName": item["name"], "FunctionArn": item["arn"], "Runtime": item.get("runtime", ""),
                       "Role": item["role_arn"], "VpcConfig": {
                           "VpcId": item.get("vpc_id", ""), "SubnetIds": item.get("subnet_ids", []),
                           "SecurityGroupIds": item.get("security_group_ids", [])}}
    shown, marker = page([of(item) for item in all_of("functions")], query.get("Marker"), 50)
    return {"Functions": shown, **given(NextMarker=marker)}


def cbor(value):
    """The few types of CBOR that an answer needs; an integer is a time."""
    head = lambda major, length: bytes([major << 5 | 26]) + struct.pack(">I", length)
    if isinstance(value, int):
        return b"\xc1" + cbor(float(value))
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(cbor, value))
    return head(5, len(value)) + b"".join(cbor(part) for pair in value.items() for part in pair)


def metrics(body):
    """Of the proxy that the request names: one connection in each of so many hours before now."""
    item = next(item for item in all_of("proxies") if item["name"].encode() in body)
    seen = item.get("clear_text", {})
    now = int(time.time()) // 3600 * 3600
    of = lambda name, hours: {"Id": name, "Values": [1.0] * hours, "Timestamps": [now - 3600 * back for back in range(hours)]}
    results = [of(name, seen.get(fact, 0)) for name, fact in (("clients", "client_hours"), ("database", "database_hours"))]
    return cbor({"MetricDataResults": results})


def xml(service, operation, body):
    form = dict(urllib.parse.parse_qsl(body.decode()))
    if service == "ec2":
        return tag(f"{operation}Response", ec2(operation))
    caller = {"Arn": f"arn:{account['partition']}:iam::{account['account_id']}:user/a", "UserId": "A", "Account": account["account_id"]}
    answer = caller if service == "sts" else {"rds": rds, "iam": iam}[service](operation, form)
    return tag(f"{operation}Response", {f"{operation}Result": answer})


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
        with lock:
            calls[action] += 1
        service, operation = action.split(":")
        if dialect == "cbor":
            return self.send("application/cbor", metrics(body), {"smithy-protocol": "rpc-v2-cbor"})
        if dialect == "rest":
            return self.send("application/json", json.dumps(functions(dict(urllib.parse.parse_qsl(url.query)))).encode())
        if dialect == "json":
            answer = {"kms": kms, "secretsmanager": secrets}[service](operation, json.loads(body))
            return self.send("application/x-amz-json-1.1", json.dumps(answer).encode())
        return self.send("text/xml", xml(service, operation, body).encode())

    do_GET = do_POST = do

    def send(self, kind, body, headers=()):
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main():
    parser = argparse.ArgumentParser(description="A saved account, as AWS answers.")
    parser.add_argument("file")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when whoever started it ends")
    arguments = parser.parse_args()
    with open(arguments.file, encoding="utf-8") as file:
        account.update(json.load(file))
    serve(Handler, arguments.until_stdin_closes)


if __name__ == "__main__":
    main()
