-- The database users of RDS Proxy orders-proxy, with the least they need. It may be run again.
--
-- Run it with psql against the database itself, not the proxy, as the owner of the tables:
--   psql "host=DATABASE_ENDPOINT port=5432 dbname=postgres user=OWNER sslmode=verify-full sslrootcert=global-bundle.pem" \
--     --set ON_ERROR_STOP=1 --file sql/users.sql
-- global-bundle.pem holds the certificates of RDS, which are the right ones for the database and the wrong ones for the proxy.
--
-- There is no password in it, so these users cannot log in yet. sql/set_password.py says how the password gets from the
-- secret into the database. The users must not get the role rds_iam: the proxy logs in as them with the password, and the
-- role rules that out. Source: RDS User Guide, "Connecting to a database through RDS Proxy".

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'orders_rw') THEN
    CREATE ROLE "orders_rw" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
  END IF;
END
$$;
GRANT CONNECT ON DATABASE "orders" TO "orders_rw";
\connect "orders"
GRANT USAGE ON SCHEMA "public" TO "orders_rw";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "public" TO "orders_rw";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "public" TO "orders_rw";
-- The same for what is created later, by whoever runs this file.
ALTER DEFAULT PRIVILEGES IN SCHEMA "public" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "orders_rw";
ALTER DEFAULT PRIVILEGES IN SCHEMA "public" GRANT USAGE, SELECT ON SEQUENCES TO "orders_rw";
