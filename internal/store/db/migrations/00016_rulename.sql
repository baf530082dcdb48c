-- +goose Up
-- What people call the rule, as they wrote it; empty when that is its id, or was not known yet.
alter table finding add column rule_name text not null default '';

-- +goose Down
alter table finding drop column rule_name;
