r"""Turns a secret, read from standard input, into the one statement that gives its password to its database user.

The password goes from Secrets Manager through a pipe into the database: it is not shown, stored, or given as an argument,
which other users of a machine can read.

For each user, with the password of the administrator in the variable SQLCMDPASSWORD:

  aws secretsmanager get-secret-value --region eu-west-1 --query SecretString --output text \
    --secret-id 'rdsproxy/ledger-proxy/Ledger_App' \
    | python3 sql/set_password.py Ledger_App \
    | sqlcmd -N strict -S DATABASE_ENDPOINT,1433 -U ADMINISTRATOR -b -i /dev/stdin
"""

import json
import sys

def statement(user, password):
    name = "[" + user.replace("]", "]]") + "]"
    text = "N'" + user.replace("'", "''") + "'"
    password = "N'" + password.replace("'", "''") + "'"
    return (
        f"IF SUSER_ID({text}) IS NULL CREATE LOGIN {name} WITH PASSWORD = {password}\n"
        f"ELSE ALTER LOGIN {name} WITH PASSWORD = {password};\nGO"
    )

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
