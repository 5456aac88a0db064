-- The database users of RDS Proxy events-proxy, with the least they need. It may be run again.
--
-- Run it with psql against the database itself, not the proxy, as the owner of the tables:
--   psql "host=DATABASE_ENDPOINT port=5432 dbname=postgres user=OWNER sslmode=verify-full sslrootcert=global-bundle.pem" \
--     --set ON_ERROR_STOP=1 --file sql/users.sql
-- global-bundle.pem holds the certificates of RDS, which are the right ones for the database and the wrong ones for the proxy.
--
-- The users have no password: the proxy logs in with an IAM token, which the role rds_iam allows. IAM authentication has to
-- be enabled on the database. Source: RDS User Guide, "Creating a database account using IAM authentication".

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'events_ro') THEN
    CREATE ROLE "events_ro" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
END
$$;
GRANT rds_iam TO "events_ro";
GRANT CONNECT ON DATABASE "events" TO "events_ro";
\connect "events"
GRANT USAGE ON SCHEMA "public" TO "events_ro";
GRANT SELECT ON ALL TABLES IN SCHEMA "public" TO "events_ro";
-- The same for what is created later, by whoever runs this file.
ALTER DEFAULT PRIVILEGES IN SCHEMA "public" GRANT SELECT ON TABLES TO "events_ro";

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'events_rw') THEN
    CREATE ROLE "events_rw" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
END
$$;
GRANT rds_iam TO "events_rw";
GRANT CONNECT ON DATABASE "events" TO "events_rw";
\connect "events"
GRANT USAGE ON SCHEMA "public" TO "events_rw";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "public" TO "events_rw";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "public" TO "events_rw";
-- The same for what is created later, by whoever runs this file.
ALTER DEFAULT PRIVILEGES IN SCHEMA "public" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "events_rw";
ALTER DEFAULT PRIVILEGES IN SCHEMA "public" GRANT USAGE, SELECT ON SEQUENCES TO "events_rw";
