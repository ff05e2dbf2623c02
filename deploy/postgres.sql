-- The database and its two roles, once, as the superuser: psql -f deploy/postgres.sql
--
-- piiri_owner owns the tables: `piiri db upgrade` alone signs in as it. piiri_app is what the
-- processes are: it reads and writes rows, and can neither make, change nor drop a table.
-- Give both a password afterwards: psql -c '\password piiri_app'

CREATE ROLE piiri_owner LOGIN;
CREATE ROLE piiri_app LOGIN;
CREATE DATABASE piiri OWNER piiri_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE piiri FROM PUBLIC;
GRANT CONNECT ON DATABASE piiri TO piiri_app;

\connect piiri
ALTER SCHEMA public OWNER TO piiri_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO piiri_app;
ALTER DEFAULT PRIVILEGES FOR ROLE piiri_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO piiri_app;
ALTER DEFAULT PRIVILEGES FOR ROLE piiri_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO piiri_app;
