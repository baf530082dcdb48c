-- +goose Up
-- Rules that administrators add, for all repositories.
create table rule (
  -- Small numbers from 1 on, which scripts use.
  id bigint primary key,
  name text not null,
  -- The detector's name for it, unique among all rules.
  detector_id text not null unique,
  regexp text not null,
  enabled boolean not null,
  -- Whether the hook refuses a push because of it, or only warns.
  blocking boolean not null,
  -- Why it was switched off while it ran; empty when it was not.
  validation_error text not null default '',
  unique (name)
);

-- Built-in rules that somebody has switched; all others are on.
create table builtin_rule (
  name text primary key,
  enabled boolean not null
);

-- What a project (its key) or a repository (key/slug) says of the hook; no row inherits.
create table hook_setting (
  scope text primary key,
  enabled boolean not null,
  warn boolean not null
);

-- +goose Down
drop table hook_setting;
drop table builtin_rule;
drop table rule;
