r"""Turns a secret, read from standard input, into the one statement that gives its password to its database user.

The password goes from Secrets Manager through a pipe into the database: it is not shown, stored, or given as an argument,
which other users of a machine can read. MariaDB gets its hash, so that no log of the server can hold it.

For each user:

  aws secretsmanager get-secret-value --region eu-central-1 --query SecretString --output text \
    --secret-id 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:wiki/database-AbCdEf' \
    | python3 sql/set_password.py wiki \
    | mariadb --ssl-verify-server-cert --ssl-ca=global-bundle.pem --host=DATABASE_ENDPOINT --port=3306 --user=ADMINISTRATOR -p
"""

import hashlib
import json
import sys

def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

def statement(user, password):
    """The hash is the one of mysql_native_password: SHA-1 twice, after an asterisk."""
    digest = hashlib.sha1(hashlib.sha1(password.encode()).digest()).hexdigest().upper()
    return f"ALTER USER {quoted(user)}@'%' IDENTIFIED BY PASSWORD '*{digest}' ACCOUNT UNLOCK;"

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
