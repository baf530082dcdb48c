-- +goose Up
-- One text for SQLite and PostgreSQL. Ids are made by the program (see ids.go); times are Unix milliseconds, UTC.

create table project (
  id bigint primary key,
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
  unique (key)
);

create table repository (
  id bigint primary key,
  project_id bigint not null references project (id),
  slug text not null,
  name text not null,
  -- Where the connection finds it.
  location text not null,
  default_branch text not null default '',
  removed_at bigint,
  status smallint not null default 0,
  -- The numbers of live branches by status.
  secure integer not null default 0,
  vulnerable integer not null default 0,
  not_scanned integer not null default 0,
  outdated integer not null default 0,
  -- Open findings by severity, each once however many branches have it.
  open_critical integer not null default 0,
  open_high integer not null default 0,
  open_medium integer not null default 0,
  open_low integer not null default 0,
  last_scan_at bigint,
  -- What waits in the queue: how much, the best priority of it, and when the repository was served last, for fairness.
  queued integer not null default 0,
  best_priority smallint not null default 0,
  served_at bigint not null default 0,
  unique (project_id, slug)
);
create index repository_waiting on repository (best_priority, served_at) where queued > 0;

create table branch (
  id bigint primary key,
  repository_id bigint not null references repository (id),
  name text not null,
  head text not null,
  head_at bigint not null,
  is_default boolean not null default false,
  removed_at bigint,
  status smallint not null default 0,
  -- The last successful scan: what it looked at and when. Empty and null before the first.
  scan_id bigint,
  scanned_commit text not null default '',
  scanned_config text not null default '',
  scanned_at bigint,
  -- How far the head is from there; commits_behind is null when that is not known.
  commits_behind integer,
  rewritten boolean not null default false,
  stale_config boolean not null default false,
  -- The newest attempt that ended: its id and state (see scan.state).
  attempt_id bigint,
  attempt_state smallint,
  open_critical integer not null default 0,
  open_high integer not null default 0,
  open_medium integer not null default 0,
  open_low integer not null default 0,
  unique (repository_id, name)
);

create table scan (
  id bigint primary key,
  branch_id bigint not null references branch (id),
  repository_id bigint not null references repository (id),
  priority smallint not null,
  -- 0 queued, 1 running, 2 succeeded, 3 failed, 4 cancelled, 5 dropped
  state smallint not null default 0,
  force boolean not null,
  requested_by text not null,
  attempt integer not null default 0,
  generation bigint not null default 0,
  owner text not null default '',
  heartbeat_at bigint,
  cancel_requested boolean not null default false,
  queued_at bigint not null,
  not_before bigint not null default 0,
  started_at bigint,
  ended_at bigint,
  progress smallint not null default 0,
  commit_hash text not null default '',
  config text not null default '',
  error text not null default '',
  findings integer not null default 0
);
create unique index scan_queued on scan (branch_id) where state = 0;
create unique index scan_running on scan (branch_id) where state = 1;
create index scan_of_repository on scan (repository_id, state, priority, queued_at);
create index scan_of_branch on scan (branch_id, ended_at);
create index scan_heartbeat on scan (heartbeat_at) where state = 1;

create table batch (
  id bigint primary key,
  scope text not null,
  mode text not null,
  requested_by text not null,
  created_at bigint not null,
  finished_at bigint,
  -- Scans that were put into the queue, and that waited there already.
  scheduled integer not null,
  merged integer not null
);
create index batch_open on batch (created_at) where finished_at is null;

create table batch_mail (
  batch_id bigint not null references batch (id),
  address text not null,
  sent_at bigint,
  primary key (batch_id, address)
);

create table batch_scan (
  batch_id bigint not null references batch (id),
  scan_id bigint not null references scan (id),
  primary key (batch_id, scan_id)
);
create index batch_scan_of_scan on batch_scan (scan_id);

create table finding (
  id bigint primary key,
  repository_id bigint not null references repository (id),
  fingerprint text not null,
  engine text not null,
  rule text not null,
  title text not null,
  severity smallint not null,
  -- A keyed hash of the secret, to compare with reviewed texts; empty for findings that are no secrets.
  text_hash text not null default '',
  package text not null default '',
  version text not null default '',
  fixed_version text not null default '',
  advisories text not null default '',
  link text not null default '',
  first_seen bigint not null,
  last_seen bigint not null,
  -- 0 open, 1 in review, 2 accepted, 3 false positive, 4 fixed
  state smallint not null default 0,
  reason text not null default '',
  comment text not null default '',
  assignee text not null default '',
  expires_at bigint,
  changed_by text not null default '',
  changed_at bigint,
  unique (repository_id, fingerprint)
);
create index finding_text on finding (text_hash) where text_hash <> '';

create table occurrence (
  branch_id bigint not null references branch (id),
  finding_id bigint not null references finding (id),
  path text not null,
  number integer not null,
  line integer not null,
  start_column integer not null,
  end_line integer not null,
  end_column integer not null,
  -- The line, masked.
  excerpt text not null,
  -- Set for a finding of the history, whose text is no longer in the tree.
  commit_hash text not null,
  archive text not null,
  -- Why the repository's own files switch it off; empty when they do not.
  allowed text not null,
  primary key (branch_id, finding_id, path, number)
);
create index occurrence_of_finding on occurrence (finding_id);

create table review (
  id bigint primary key,
  -- Null for all repositories.
  repository_id bigint references repository (id),
  text_hash text not null,
  sealed text not null,
  rule text not null,
  comment text not null,
  reviewed_by text not null,
  reviewed_at bigint not null,
  expires_at bigint
);
create unique index review_of_repository on review (repository_id, text_hash) where repository_id is not null;
create unique index review_global on review (text_hash) where repository_id is null;

create table setting (
  key text primary key,
  value text not null
);

create table account (
  id bigint primary key,
  name text not null unique,
  email text not null,
  password text not null,
  admin boolean not null,
  disabled boolean not null default false,
  created_at bigint not null
);

create table access (
  account_id bigint not null references account (id),
  -- 'instance', or the key of a project, or key/slug of a repository
  scope text not null,
  -- 1 read, 2 write, 3 project admin, 4 grantee
  role smallint not null,
  primary key (account_id, scope)
);

create table token (
  id bigint primary key,
  account_id bigint not null references account (id),
  name text not null,
  hash text not null unique,
  scopes text not null,
  created_at bigint not null,
  expires_at bigint,
  used_at bigint
);

create table audit (
  id bigint primary key,
  at bigint not null,
  actor text not null,
  action text not null,
  object text not null,
  detail text not null
);
create index audit_at on audit (at);

-- +goose Down
drop table audit;
drop table token;
drop table access;
drop table account;
drop table setting;
drop table review;
drop table occurrence;
drop table finding;
drop table batch_scan;
drop table batch_mail;
drop table batch;
drop table scan;
drop table branch;
drop table repository;
drop table project;
