-- The database users of RDS Proxy ledger-proxy, with the least they need. It may be run again.
--
-- The logins come first: sql/set_password.py creates them, with the password from the secret, which stands in no file.
-- Then run this against the database itself, not the proxy, as an administrator:
--   sqlcmd -N strict -S DATABASE_ENDPOINT,1433 -U ADMINISTRATOR -b -i sql/users.sql
-- Upper and lower case are told apart in the names of users. Source: RDS User Guide, "Using Amazon RDS Proxy", limitations.

USE [ledger];
GO
IF USER_ID(N'Ledger_App') IS NULL
  CREATE USER [Ledger_App] FOR LOGIN [Ledger_App];
GO
GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::[app] TO [Ledger_App];
GO
