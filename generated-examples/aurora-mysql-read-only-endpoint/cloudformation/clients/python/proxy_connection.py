"""A connection to Aurora MySQL through RDS Proxy billing-proxy, with an IAM token and a verified certificate.

`connection()` returns a connection that works, and keeps it between invocations of a Lambda function.

The token is made here, from the credentials of the function; no service is asked for it. It opens connections for 15 minutes,
so each new connection gets a new one. It is bound to the proxy's own name, port and region and to one user.
Source: RDS User Guide, "Connecting to a database using IAM authentication".

The certificate of the proxy comes from AWS Certificate Manager, so the roots of Amazon Trust Services verify it, which the trust
store of the system holds. The certificates of RDS (global-bundle.pem) do not verify a proxy.
Source: RDS User Guide, "Using TLS/SSL with RDS Proxy".

Needs boto3 and pymysql.
"""

import os
import ssl
import time

import boto3
import pymysql

PORT = 3306
REGION = "us-west-2"
CONNECT_TIMEOUT = 30

# The proxy closes a connection that its client leaves idle for 1800 seconds, and each after 24 hours. A function that was
# frozen does not hear of it, so a connection is tried before it is used again.
TRIED_FOR_SECONDS = 30

_connection = None
_last_use = 0.0

def endpoint():
    """The proxy's own name. An alias (CNAME) is in neither the certificate nor the token."""
    return os.environ["PROXY_ENDPOINT"]

def token(user):
    """A new token for one user; only whoever may `rds-db:connect` as that user can use it."""
    return boto3.client("rds", region_name=REGION).generate_db_auth_token(
        DBHostname=endpoint(), Port=PORT, DBUsername=user, Region=REGION
    )

def connect():
    """A new connection. `PROXY_CA_FILE` names a trust store where the one of the system does not serve."""
    user = os.environ["PROXY_USER"]
    # Verifies the certificate and compares the name in it. The token goes as a clear-text password, inside TLS only.
    context = ssl.create_default_context(cafile=os.environ.get("PROXY_CA_FILE"))
    return pymysql.connect(
        host=endpoint(),
        port=PORT,
        database=os.environ["PROXY_DATABASE"],
        user=user,
        password=token(user),
        ssl=context,
        connect_timeout=CONNECT_TIMEOUT,
    )

def connection():
    """The connection of this process; a new one when there is none or it no longer answers."""
    global _connection, _last_use
    idle = time.monotonic() - _last_use
    if _connection is None or (idle > TRIED_FOR_SECONDS and not _answers(_connection)):
        _connection = connect()
    _last_use = time.monotonic()
    return _connection

def _answers(candidate):
    try:
        candidate.ping(reconnect=False)
    except pymysql.Error:
        return False
    return True
