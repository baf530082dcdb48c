-- +goose Up
-- What a scan with a result did not look at in full; empty when there is nothing of that kind.
alter table scan add column warning text not null default '';

-- +goose Down
alter table scan drop column warning;
