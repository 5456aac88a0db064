r"""Turns a secret, read from standard input, into the one statement that gives its password to its database user.

The password goes from Secrets Manager through a pipe into the database: it is not shown, stored, or given as an argument,
which other users of a machine can read. MySQL leaves it out of its logs.
Source: MySQL Reference Manual, "Passwords and Logging".

For each user:

  aws secretsmanager get-secret-value --region us-west-2 --query SecretString --output text \
    --secret-id 'rdsproxy/billing-proxy/billing_ro' \
    | python3 sql/set_password.py billing_ro \
    | mysql --ssl-mode=VERIFY_IDENTITY --ssl-ca=global-bundle.pem --host=DATABASE_ENDPOINT --port=3306 --user=ADMINISTRATOR -p

  aws secretsmanager get-secret-value --region us-west-2 --query SecretString --output text \
    --secret-id 'rdsproxy/billing-proxy/billing_rw' \
    | python3 sql/set_password.py billing_rw \
    | mysql --ssl-mode=VERIFY_IDENTITY --ssl-ca=global-bundle.pem --host=DATABASE_ENDPOINT --port=3306 --user=ADMINISTRATOR -p
"""

import json
import sys

def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

def statement(user, password):
    return f"ALTER USER {quoted(user)}@'%' IDENTIFIED BY {quoted(password)} ACCOUNT UNLOCK;"

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
