"""Attaches a parameter group to the database of a spec: what the generated README asks its reader to do after the first apply.

usage: attach_parameter_group.py ENDPOINT SPEC GROUP
"""

import sys

from seed_aws import Account, read_spec


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    endpoint, spec, group = sys.argv[1:]
    account = Account(endpoint, read_spec(spec))
    database = account.spec["database"]
    rds = account.client("rds")
    if database["kind"] == "cluster":
        rds.modify_db_cluster(
            DBClusterIdentifier=database["identifier"], DBClusterParameterGroupName=group, ApplyImmediately=True
        )
    else:
        rds.modify_db_instance(
            DBInstanceIdentifier=database["identifier"], DBParameterGroupName=group, ApplyImmediately=True
        )


if __name__ == "__main__":
    main()
