-- +goose Up
-- How many calls of the API a connection made, by group and minute (of Unix time). Bitbucket Cloud allows so many in a
-- rolling hour.
create table api_call (
  connection_id bigint not null references connection (id),
  call_group text not null,
  minute bigint not null,
  calls integer not null,
  primary key (connection_id, call_group, minute)
);

-- Branches whose report is not published yet. When it is due, the branch is scanned again, which publishes one.
create table unreported (
  branch_id bigint primary key,
  connection_id bigint not null references connection (id),
  attempts integer not null,
  due_at bigint not null
);

-- +goose Down
drop table unreported;
drop table api_call;
