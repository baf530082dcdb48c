-- What a list of projects adds up of their repositories, so that it reads no row of theirs.

-- +goose Up
create index repository_sums on repository (project_id, open_critical, open_high, open_medium, open_low, queued, last_scan_at) where removed_at is null;

-- +goose Down
drop index repository_sums;
