-- Runs once, when the data folder is made: the account of the node, and its database.
-- The account owns the database and makes the roles of the services; it is no superuser.
\set ON_ERROR_STOP on
\set login 'backstop_' `echo "$NODE"`
\set password `cat /run/secrets/database`
CREATE ROLE :"login" LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE :"login" OWNER :"login";
REVOKE ALL ON DATABASE :"login" FROM PUBLIC;
