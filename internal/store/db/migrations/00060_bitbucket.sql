-- +goose Up
-- A connection to a Bitbucket. credential is sealed; revision counts the changes by people, so that nodes see them.
alter table connection add column credential text not null default '';
alter table connection add column revision bigint not null default 0;
-- Why a connection rests until a person does something; empty while it works.
alter table connection add column inactive text not null default '';
-- What the last listing told people: its problem, and what it skipped as JSON. synced_at is the end of the last complete one.
alter table connection add column problem text not null default '';
alter table connection add column skipped text not null default '[]';
alter table connection add column synced_at bigint;
-- The next listing is due then. One node lists at a time: held_by has the connection until held_until.
alter table connection add column due_at bigint not null default 0;
alter table connection add column held_by text not null default '';
alter table connection add column held_until bigint not null default 0;

-- Repositories of which an event said that something changed. What changed is asked of the server.
create table look (
  connection_id bigint not null references connection (id),
  location text not null,
  -- The branch of a pull request that wants a scan, or empty.
  branch text not null default '',
  asked_at bigint not null,
  held_until bigint not null default 0,
  primary key (connection_id, location, branch)
);

-- +goose Down
drop table look;
alter table connection drop column held_until;
alter table connection drop column held_by;
alter table connection drop column due_at;
alter table connection drop column synced_at;
alter table connection drop column skipped;
alter table connection drop column problem;
alter table connection drop column inactive;
alter table connection drop column revision;
alter table connection drop column credential;
