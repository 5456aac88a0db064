"""The properties of CloudFormation types that only a replacement changes, from the resource schemas that cfn-lint ships.

create_only.py TYPE...      prints JSON: {"AWS::RDS::DBProxy": ["DBProxyName", ...]}
"""

import json
import sys

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER


def create_only(kind):
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return sorted(path.rsplit("/", 1)[-1] for path in schema.get("createOnlyProperties", []))


if __name__ == "__main__":
    print(json.dumps({kind: create_only(kind) for kind in sys.argv[1:]}, indent=2))
