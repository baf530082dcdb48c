-- +goose Up
-- What people decided about findings, one row for each decision. The newest is also in the finding.
create table decision (
  id bigint primary key,
  finding_id bigint not null references finding (id),
  decided_at bigint not null,
  decided_by text not null,
  state smallint not null,
  reason text not null,
  comment text not null,
  assignee text not null,
  expires_at bigint
);
create index decision_of_finding on decision (finding_id, id);
-- The last decisions before this table was made.
insert into decision (id, finding_id, decided_at, decided_by, state, reason, comment, assignee, expires_at)
select id, id, changed_at, changed_by, state, reason, comment, assignee, expires_at from finding where changed_at is not null;

-- To find the same problem in other repositories.
create index finding_fingerprint on finding (fingerprint);

-- Other places that belong to the finding; empty for none.
alter table occurrence add column related text not null default '';
alter table past_occurrence add column related text not null default '';

-- +goose Down
alter table past_occurrence drop column related;
alter table occurrence drop column related;
drop index finding_fingerprint;
drop table decision;
