-- The database users of RDS Proxy permits-proxy, with the least they need. It may be run again.
--
-- Run it against the database itself, not the proxy, as an administrator:
--   mysql --ssl-mode=VERIFY_IDENTITY --ssl-ca=global-bundle.pem --host=DATABASE_ENDPOINT --port=3306 --user=ADMINISTRATOR -p < sql/users.sql
-- global-bundle.pem holds the certificates of RDS, which are the right ones for the database and the wrong ones for the proxy.
--
-- The host part is '%' because the addresses of the proxy change; the security groups say who reaches the database.
-- The users have no password: the proxy logs in with an IAM token. IAM authentication has to be enabled on the database.
-- Source: RDS User Guide, "Creating a database account using IAM authentication".
-- In the name of a database a GRANT takes "_" for any character, so it is escaped.

CREATE USER IF NOT EXISTS 'permits'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS';
ALTER USER 'permits'@'%' REQUIRE SSL;
GRANT SELECT, INSERT, UPDATE, DELETE ON `permits`.* TO 'permits'@'%';
