-- +goose Up
-- The dependencies of the last result: how many there are, how many nobody knows advisories of, and of when the advisories are.
alter table branch add column packages integer not null default 0;
alter table branch add column unchecked integer not null default 0;
alter table branch add column advisories_at bigint;

-- +goose Down
alter table branch drop column advisories_at;
alter table branch drop column unchecked;
alter table branch drop column packages;
