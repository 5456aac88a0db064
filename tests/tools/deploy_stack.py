#!/usr/bin/env python3
"""Deploys a CloudFormation template to the fake AWS, prints what became of each resource, and fails unless all were created.

    deploy_stack.py ENDPOINT REGION STACK TEMPLATE [PARAMETERS]

PARAMETERS is a file in either shape: the list of ParameterKey and ParameterValue, or the map below "Parameters".
"""

import json
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

LONGEST_WAIT_SECONDS = 60


def read_parameters(path):
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    if isinstance(given, list):
        return given
    given = given.get("Parameters", given)
    return [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in given.items()]


def deploy(cloudformation, stack, template, parameters):
    """Creates the stack and waits; gives its description."""
    cloudformation.create_stack(
        StackName=stack,
        TemplateBody=template,
        Parameters=parameters,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if not described["StackStatus"].endswith("IN_PROGRESS") or time.monotonic() > deadline:
            return described
        time.sleep(0.2)


def main():
    if len(sys.argv) not in (5, 6):
        sys.exit("usage: deploy_stack.py ENDPOINT REGION STACK TEMPLATE [PARAMETERS]")
    endpoint, region, stack, path = sys.argv[1:5]
    with open(path, encoding="utf-8") as file:
        template = file.read()
    parameters = read_parameters(sys.argv[5]) if len(sys.argv) == 6 else []
    cloudformation = boto3.client(
        "cloudformation",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    try:
        described = deploy(cloudformation, stack, template, parameters)
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"{stack}: {error}")
    except ResponseParserError:
        sys.exit(f"{stack}: the fake AWS failed; the reason stands in its own output")
    resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    for one in resources:
        reason = one.get("ResourceStatusReason", "")
        print(one["ResourceStatus"], one["ResourceType"], one["LogicalResourceId"], one.get("PhysicalResourceId"), reason)
    for output in described.get("Outputs", []):
        print("output", output["OutputKey"], output["OutputValue"])
    print(stack, described["StackStatus"], described.get("StackStatusReason", ""))
    failed = [one for one in resources if one["ResourceStatus"] != "CREATE_COMPLETE"]
    if described["StackStatus"] != "CREATE_COMPLETE" or failed or not resources:
        sys.exit(1)


if __name__ == "__main__":
    main()
