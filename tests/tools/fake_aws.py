#!/usr/bin/env python3
"""A fake AWS on the loopback interface: moto, and what moto 5.2.5 lacks for RDS Proxy.

    fake_aws.py [--port PORT] [--until-stdin-closes]      port 0, the default, takes any free port

Prints one line, `ready http://127.0.0.1:PORT`, once it listens, and runs until it is ended. It holds everything in memory;
`POST /moto-api/reset` makes it forget.

Added to moto:
  * fake_rds.py: ModifyDBProxy; the endpoints of a proxy (Create/Describe/Modify/DeleteDBProxyEndpoint); DefaultAuthScheme and the
    network types; a proxy without auth entries; faults for a proxy or database that does not exist; the port of a target
  * fake_ids.py: ids that a test chooses
  * fake_stacks.py: the CloudFormation resource types that moto skips in silence
  * fake_metrics.py: GetMetricData in the protocol of the current SDKs
  * here: the description of a security group rule that names a group, without which Terraform sees a change in every plan; the
    VPC of a function, which moto gives the same made-up id for all; DescribeVpcEncryptionControls, where no VPC has any
"""

import argparse
import os
import signal
import sys
import threading

import fake_ids
import fake_metrics
import fake_rds
import fake_stacks
from moto.awslambda.models import LambdaFunction
from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses import EC2Response
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server


def function_network(function):
    """The network of a function, with the VPC that its subnets lie in."""
    network = function._vpc_config
    if not network or not network.get("SubnetIds"):
        return None
    subnet = ec2_backends[function.account_id][function.region].get_subnet(network["SubnetIds"][0])
    return {**network, "VpcId": subnet.vpc_id}


def no_encryption_controls(_response):
    """DescribeVpcEncryptionControls for an account that never turned them on."""
    return (
        '<DescribeVpcEncryptionControlsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        "<requestId>fake</requestId><vpcEncryptionControlSet/></DescribeVpcEncryptionControlsResponse>"
    )


def extend_moto():
    fake_ids.extend_moto()
    fake_rds.extend_moto()
    fake_stacks.extend_moto()
    EC2Response.describe_vpc_encryption_controls = no_encryption_controls
    LambdaFunction.vpc_config = property(function_network)
    SecurityGroupRule.description = property(
        lambda rule: rule.ip_range.get("Description") or rule.source_group.get("Description")
    )


def end_with_stdin():
    sys.stdin.buffer.read()
    # Nothing is to be kept, and requests may be under way.
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description="A fake AWS on the loopback interface.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when whoever started it ends")
    arguments = parser.parse_args()
    extend_moto()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    application = fake_metrics.speaking_cbor(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", arguments.port, application, threaded=True, request_handler=MotoRequestHandler)
    if arguments.until_stdin_closes:
        threading.Thread(target=end_with_stdin, daemon=True).start()
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
