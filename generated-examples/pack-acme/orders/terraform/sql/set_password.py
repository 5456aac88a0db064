r"""Turns a secret, read from standard input, into the one statement that gives its password to its database user.

The password goes from Secrets Manager through a pipe into the database: it is not shown, stored, or given as an argument,
which other users of a machine can read. PostgreSQL gets a SCRAM-SHA-256 verifier instead of it, so that no log of
the server can hold it.

For each user:

  aws secretsmanager get-secret-value --region eu-west-1 --query SecretString --output text \
    --secret-id 'rdsproxy/orders-proxy/orders_rw' \
    | python3 sql/set_password.py orders_rw \
    | psql "host=DATABASE_ENDPOINT port=5432 dbname=postgres user=OWNER sslmode=verify-full sslrootcert=global-bundle.pem"
"""

import base64
import hashlib
import hmac
import json
import os
import sys

ITERATIONS = 4096

def verifier(password):
    """What PostgreSQL stores of a password under password_encryption = 'scram-sha-256'."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    salt, stored_key, server_key = (
        base64.b64encode(part).decode() for part in (salt, stored_key, server_key)
    )
    return f"SCRAM-SHA-256${ITERATIONS}:{salt}${stored_key}:{server_key}"

def statement(user, password):
    if not (password.isascii() and password.isprintable()):
        sys.exit("this password needs SASLprep: set it with psql's \\password, or let the secret hold ASCII only")
    name = '"' + user.replace('"', '""') + '"'
    return f"ALTER ROLE {name} PASSWORD '{verifier(password)}';"

def main():
    if len(sys.argv) != 2:
        sys.exit("usage: ... | set_password.py USER | the client of the database")
    if sys.stdout.isatty():
        sys.exit("this writes a password: pipe it into the client of the database")
    secret = json.load(sys.stdin)
    if secret.get("username") != sys.argv[1]:
        sys.exit(f"this is not the secret of {sys.argv[1]}")
    print(statement(sys.argv[1], secret["password"]))

if __name__ == "__main__":
    main()
