"""A connection to RDS for SQL Server through RDS Proxy ledger-proxy, with an IAM token and a verified certificate.

`connection()` returns a connection that works, and keeps it between invocations of a Lambda function.

The token is made here, from the credentials of the function; no service is asked for it. It opens connections for 15 minutes,
so each new connection gets a new one. It is bound to the proxy's own name, port and region and to one user.
Source: RDS User Guide, "Connecting to a database using IAM authentication".

The certificate of the proxy comes from AWS Certificate Manager, so the roots of Amazon Trust Services verify it, which the trust
store of the system holds. The certificates of RDS (global-bundle.pem) do not verify a proxy.
Source: RDS User Guide, "Using TLS/SSL with RDS Proxy".

Needs boto3 and pyodbc with Microsoft's ODBC Driver 18 for SQL Server.
"""

import os
import struct
import time

import boto3
import pyodbc

PORT = 1433
REGION = "eu-west-1"
CONNECT_TIMEOUT = 30

# The proxy closes a connection that its client leaves idle for 1800 seconds, and each after 24 hours. A function that was
# frozen does not hear of it, so a connection is tried before it is used again.
TRIED_FOR_SECONDS = 30

# Source: Microsoft ODBC Driver for SQL Server, "Authenticating with an access token".
SQL_COPT_SS_ACCESS_TOKEN = 1256

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
    """A new connection."""
    user = os.environ["PROXY_USER"]
    # The driver takes the token as UTF-16 behind its length in bytes.
    encoded = token(user).encode("utf-16-le")
    packed = struct.pack(f"<I{len(encoded)}s", len(encoded), encoded)
    return pyodbc.connect(
        "DRIVER={ODBC Driver 18 for SQL Server};"
        f"SERVER=tcp:{endpoint()},{PORT};DATABASE={os.environ['PROXY_DATABASE']};"
        # The certificate is verified against the trust store of the system, and the name in it is compared.
        "Encrypt=yes;TrustServerCertificate=no",
        timeout=CONNECT_TIMEOUT,
        attrs_before={SQL_COPT_SS_ACCESS_TOKEN: packed},
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
        candidate.execute("SELECT 1").fetchone()
        candidate.rollback()
    except pyodbc.Error:
        return False
    return True
