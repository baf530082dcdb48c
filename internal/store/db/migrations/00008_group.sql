-- +goose Up
create table account_group (
  id bigint primary key,
  name text not null unique
);

create table membership (
  group_id bigint not null references account_group (id),
  account_id bigint not null references account (id),
  primary key (group_id, account_id)
);
create index membership_of_account on membership (account_id);

-- As access, for all members of a group.
create table group_access (
  group_id bigint not null references account_group (id),
  scope text not null,
  role smallint not null,
  primary key (group_id, scope)
);

-- +goose Down
drop table group_access;
drop table membership;
drop table account_group;
