-- +goose Up
-- Who an account is at a provider. People who sign in there are found by issuer and subject, never by a name or an e-mail address.
create table identity (
  issuer text not null,
  subject text not null,
  account_id bigint not null references account (id),
  created_at bigint not null,
  used_at bigint,
  primary key (issuer, subject)
);
create index identity_of_account on identity (account_id);

-- The provider's name of the group whose members this group takes over at their sign-in; empty for a group of our own.
alter table account_group add column provider_group text not null default '';
-- Whether a group of the provider made the account an administrator. Then the provider takes that away too.
alter table account add column admin_by_group boolean not null default false;

-- +goose Down
alter table account drop column admin_by_group;
alter table account_group drop column provider_group;
drop table identity;
