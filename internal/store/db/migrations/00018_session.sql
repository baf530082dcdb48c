-- +goose Up
-- People who have signed in to the pages. The hash is that of a random text that the browser keeps.
create table session (
  id bigint primary key,
  hash text not null unique,
  account_id bigint not null references account (id),
  -- What the browser calls itself, short.
  agent text not null default '',
  created_at bigint not null,
  used_at bigint not null
);
create index session_of_account on session (account_id);

-- +goose Down
drop table session;
