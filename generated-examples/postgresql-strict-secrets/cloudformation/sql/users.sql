-- The database users of RDS Proxy clinic-proxy, with the least they need. It may be run again.
--
-- Run it with psql against the database itself, not the proxy, as the owner of the tables:
--   psql "host=DATABASE_ENDPOINT port=6432 dbname=postgres user=OWNER sslmode=verify-full sslrootcert=global-bundle.pem" \
--     --set ON_ERROR_STOP=1 --file sql/users.sql
-- global-bundle.pem holds the certificates of RDS, which are the right ones for the database and the wrong ones for the proxy.
--
-- There is no password in it, so these users cannot log in yet. sql/set_password.py says how the password gets from the
-- secret into the database. The users must not get the role rds_iam: the proxy logs in as them with the password, and the
-- role rules that out. Source: RDS User Guide, "Connecting to a database through RDS Proxy".

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'booking') THEN
    CREATE ROLE "booking" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
  END IF;
END
$$;
GRANT CONNECT ON DATABASE "clinic" TO "booking";
\connect "clinic"
GRANT USAGE ON SCHEMA "booking" TO "booking";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "booking" TO "booking";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "booking" TO "booking";
-- The same for what is created later, by whoever runs this file.
ALTER DEFAULT PRIVILEGES IN SCHEMA "booking" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "booking";
ALTER DEFAULT PRIVILEGES IN SCHEMA "booking" GRANT USAGE, SELECT ON SEQUENCES TO "booking";

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'records') THEN
    CREATE ROLE "records" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
  END IF;
END
$$;
GRANT CONNECT ON DATABASE "clinic" TO "records";
\connect "clinic"
GRANT USAGE ON SCHEMA "records" TO "records";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "records" TO "records";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "records" TO "records";
-- The same for what is created later, by whoever runs this file.
ALTER DEFAULT PRIVILEGES IN SCHEMA "records" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "records";
ALTER DEFAULT PRIVILEGES IN SCHEMA "records" GRANT USAGE, SELECT ON SEQUENCES TO "records";

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'statistics') THEN
    CREATE ROLE "statistics" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
  END IF;
END
$$;
GRANT CONNECT ON DATABASE "clinic" TO "statistics";
\connect "clinic"
GRANT USAGE ON SCHEMA "records" TO "statistics";
GRANT SELECT ON ALL TABLES IN SCHEMA "records" TO "statistics";
-- The same for what is created later, by whoever runs this file.
ALTER DEFAULT PRIVILEGES IN SCHEMA "records" GRANT SELECT ON TABLES TO "statistics";
