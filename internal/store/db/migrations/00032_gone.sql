-- +goose Up
-- Since when no live branch has the finding; null while one has it, and 0 if it never counted, because files of the repository allowed it.
-- Earlier than this column, the last time that it was seen stands for it.
alter table finding add column gone_at bigint;
update finding set gone_at = last_seen where not exists (
  select 1 from occurrence o join branch b on b.id = o.branch_id where o.finding_id = finding.id and b.removed_at is null);
-- Findings that files of the repository allow somewhere, which are few.
create index occurrence_allowed on occurrence (finding_id) where allowed <> '';

-- +goose Down
drop index occurrence_allowed;
alter table finding drop column gone_at;
