-- +goose Up
-- A request for a credential that is needed now. sealed is the answer, which only the node that asked can open; the row is
-- deleted when it is picked up, and after a minute.
create table credential_exchange (
  id text primary key,
  owner text not null,
  public_key text not null,
  sealed text not null default '',
  expires_at bigint not null
);
create index credential_exchange_owner on credential_exchange (owner);
create index credential_exchange_expiry on credential_exchange (expires_at);

-- How often somebody did something since a time; who is empty for all together.
create table allowance (
  what text not null,
  who text not null,
  since bigint not null,
  used integer not null,
  primary key (what, who)
);

-- An installation of the Forge app in a workspace of Bitbucket Cloud.
create table forge_installation (
  id text primary key,
  -- The uuid of the workspace, without braces.
  workspace text not null,
  environment text not null,
  installer text not null default '',
  -- PENDING, ACTIVE or INACTIVE, and for people why it is not active.
  state text not null,
  reason text not null default '',
  -- The secret that the app and the server share, sealed, and where the app takes requests.
  secret text not null default '',
  trigger_url text not null default '',
  -- The hash of the live pairing code; claimed_by is the account that has entered it.
  code_hash text not null default '',
  code_until bigint not null default 0,
  claimed_by bigint not null default 0,
  claimed_until bigint not null default 0,
  created_at bigint not null,
  seen_at bigint not null
);
create index forge_installation_workspace on forge_installation (workspace);

-- Invocation tokens that were used, until they expire, so that a repeated one does nothing.
create table forge_token (
  id text primary key,
  expires_at bigint not null
);
create index forge_token_expiry on forge_token (expires_at);

-- +goose Down
drop table forge_token;
drop table forge_installation;
drop table allowance;
drop table credential_exchange;
