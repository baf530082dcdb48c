-- +goose Up
-- A letter waits until next_at, while it is being sent too: what a node has taken and does not come back from is taken again then.
alter table batch_mail add column attempts integer not null default 0;
alter table batch_mail add column next_at bigint not null default 0;
-- Why the last attempt failed; and when it was given up, null when it was not.
alter table batch_mail add column error text not null default '';
alter table batch_mail add column failed_at bigint;
create index batch_mail_waiting on batch_mail (next_at) where sent_at is null and failed_at is null;

-- +goose Down
drop index batch_mail_waiting;
alter table batch_mail drop column failed_at;
alter table batch_mail drop column error;
alter table batch_mail drop column next_at;
alter table batch_mail drop column attempts;
