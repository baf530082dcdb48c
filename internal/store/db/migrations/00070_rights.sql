-- +goose Up
-- The account of somebody who signs in at the Bitbucket of a connection. name is what the user is called there now, subject
-- the id, which stays. token is sealed; it is empty unless the person lets the server keep one.
create table remote_account (
  account_id bigint not null references account (id),
  connection_id bigint not null references connection (id),
  name text not null,
  subject text not null,
  token text not null default '',
  -- When Bitbucket last said what the user may see; and until when one node asks again.
  asked_at bigint not null default 0,
  asking_until bigint not null default 0,
  -- Why the last question had no answer; empty when it had one.
  problem text not null default '',
  primary key (account_id, connection_id)
);
create index remote_account_of_connection on remote_account (connection_id);

-- What Bitbucket said. A right on a whole project has no repository: 0.
create table remote_right (
  account_id bigint not null references account (id),
  connection_id bigint not null references connection (id),
  project_id bigint not null,
  repository_id bigint not null default 0,
  role smallint not null,
  primary key (account_id, connection_id, project_id, repository_id)
);
create index remote_right_of_connection on remote_right (connection_id);

-- +goose Down
drop table remote_right;
drop table remote_account;
