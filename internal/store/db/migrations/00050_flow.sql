-- +goose Up
-- The way of the data from its source to a finding in code, as JSON; empty for a finding that is not about a way, and for results of
-- before this column.
alter table occurrence add column flow text not null default '';
alter table past_occurrence add column flow text not null default '';

-- +goose Down
alter table past_occurrence drop column flow;
alter table occurrence drop column flow;
