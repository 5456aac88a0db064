"""A connection to RDS for PostgreSQL through RDS Proxy orders-proxy, with an IAM token and a verified certificate.

`connection()` returns a connection that works, and keeps it between invocations of a Lambda function.

The token is made here, from the credentials of the function; no service is asked for it. It opens connections for 15 minutes,
so each new connection gets a new one. It is bound to the proxy's own name, port and region and to one user.
Source: RDS User Guide, "Connecting to a database using IAM authentication".

The certificate of the proxy comes from AWS Certificate Manager, so the roots of Amazon Trust Services verify it, which the trust
store of the system holds. The certificates of RDS (global-bundle.pem) do not verify a proxy.
Source: RDS User Guide, "Using TLS/SSL with RDS Proxy".

Needs boto3 and psycopg 3 with libpq 16 or later, as in "psycopg[binary]".
"""

import os
import time

import boto3
import psycopg

PORT = 5432
REGION = "eu-west-1"
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
    return psycopg.connect(
        host=endpoint(),
        port=PORT,
        dbname=os.environ["PROXY_DATABASE"],
        user=user,
        password=token(user),
        # The name in the certificate is compared too: "require" alone would trust anybody's certificate.
        sslmode="verify-full",
        sslrootcert=os.environ.get("PROXY_CA_FILE", "system"),
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
        candidate.execute("SELECT 1")
        candidate.rollback()
    except psycopg.Error:
        return False
    return True
