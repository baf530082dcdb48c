-- +goose Up
-- Where news of finished scans goes without being asked for: a signed webhook, a webhook of Slack, or a mail address. What is
-- due waits in batch_mail, like the mails that people ask for, under the address channel:ID.
create table channel (
  id bigint primary key,
  name text not null unique,
  -- webhook, slack or mail
  kind text not null,
  -- Whose scans: the name of a place; empty for the instance.
  scope text not null,
  -- Which: ended, changed or failed.
  news text not null,
  -- target is sealed: the address of a webhook lets in anyone who has it. So is secret, which signs; empty without one.
  target text not null,
  secret text not null default '',
  enabled boolean not null,
  created_at bigint not null
);

-- +goose Down
drop table channel;
delete from batch_mail where address like 'channel:%';
