-- The database users of RDS Proxy billing-proxy, with the least they need. It may be run again.
--
-- Run it against the database itself, not the proxy, as an administrator:
--   mysql --ssl-mode=VERIFY_IDENTITY --ssl-ca=global-bundle.pem --host=DATABASE_ENDPOINT --port=3306 --user=ADMINISTRATOR -p < sql/users.sql
-- global-bundle.pem holds the certificates of RDS, which are the right ones for the database and the wrong ones for the proxy.
--
-- The host part is '%' because the addresses of the proxy change; the security groups say who reaches the database.
-- There is no password in it, and the users are locked. sql/set_password.py says how the password gets from the secret into
-- the database, and unlocks them.
-- In the name of a database a GRANT takes "_" for any character, so it is escaped.

CREATE USER IF NOT EXISTS 'billing_ro'@'%' IDENTIFIED WITH caching_sha2_password ACCOUNT LOCK;
GRANT SELECT ON `billing`.* TO 'billing_ro'@'%';

CREATE USER IF NOT EXISTS 'billing_rw'@'%' IDENTIFIED WITH caching_sha2_password ACCOUNT LOCK;
GRANT SELECT, INSERT, UPDATE, DELETE ON `billing`.* TO 'billing_rw'@'%';
