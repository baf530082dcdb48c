-- +goose Up
-- Where the browser was when it signed in; empty when that is not known.
alter table session add column address text not null default '';

-- +goose Down
alter table session drop column address;
