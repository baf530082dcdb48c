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
  select 1, 'repos', 'folder', cast(extract(epoch from clock_timestamp()) * 1000 as bigint)
  where exists (select 1 from project);

alter table project add column connection_id bigint not null default 1 references connection (id);
alter table project alter column connection_id drop default;
alter table project drop constraint project_key_key;
alter table project add constraint project_of_connection unique (connection_id, key);
create unique index project_live on project (key) where removed_at is null;

-- +goose Down
drop index project_live;
alter table project drop constraint project_of_connection;
alter table project add constraint project_key_key unique (key);
alter table project drop column connection_id;
drop table connection;
