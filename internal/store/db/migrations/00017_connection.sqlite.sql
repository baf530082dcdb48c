-- +goose Up
-- Where projects come from. A key is unique within a connection, and among the live projects of all: paths, roles and settings name a
-- project by its key alone.
create table connection (
  id bigint primary key,
  name text not null unique,
  -- folder: a folder of git repositories.
  kind text not null,
  -- JSON, without secrets.
  settings text not null default '{}',
  created_at bigint not null,
  removed_at bigint
);
-- What there is comes from the folder of --repos.
insert into connection (id, name, kind, created_at)
  select 1, 'repos', 'folder', cast(unixepoch('subsec') * 1000 as integer)
  where exists (select 1 from project);

-- SQLite cannot change a table's constraints: the table is made again. Until the transaction ends, repositories and snapshots may name
-- projects that do not exist (https://sqlite.org/foreignkeys.html#fk_deferred).
pragma defer_foreign_keys = on;
create temporary table old_project as select * from project;
delete from project;
drop table project;
create table project (
  id bigint primary key,
  connection_id bigint not null references connection (id),
  key text not null,
  name text not null,
  personal boolean not null,
  removed_at bigint,
  -- The numbers of repositories by status, and those without branches, which no other counts.
  secure integer not null default 0,
  vulnerable integer not null default 0,
  not_scanned integer not null default 0,
  partially_scanned integer not null default 0,
  outdated integer not null default 0,
  empty integer not null default 0,
  -- What stays of it when it is renamed, as its connection says; empty when that is not known.
  identity text not null default '',
  unique (connection_id, key)
);
create unique index project_live on project (key) where removed_at is null;
insert into project (id, connection_id, key, name, personal, removed_at, secure, vulnerable, not_scanned, partially_scanned, outdated, empty, identity)
  select id, 1, key, name, personal, removed_at, secure, vulnerable, not_scanned, partially_scanned, outdated, empty, identity
  from old_project;
drop table old_project;

-- +goose Down
pragma defer_foreign_keys = on;
create temporary table old_project as select * from project;
delete from project;
drop table project;
create table project (
  id bigint primary key,
  key text not null,
  name text not null,
  personal boolean not null,
  removed_at bigint,
  secure integer not null default 0,
  vulnerable integer not null default 0,
  not_scanned integer not null default 0,
  partially_scanned integer not null default 0,
  outdated integer not null default 0,
  empty integer not null default 0,
  identity text not null default '',
  unique (key)
);
insert into project (id, key, name, personal, removed_at, secure, vulnerable, not_scanned, partially_scanned, outdated, empty, identity)
  select id, key, name, personal, removed_at, secure, vulnerable, not_scanned, partially_scanned, outdated, empty, identity
  from old_project;
drop table old_project;
drop table connection;
