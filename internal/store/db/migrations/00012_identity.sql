-- +goose Up
-- What stays of a project or a repository when it is renamed, as its connection says; empty when that is not known.
alter table project add column identity text not null default '';
alter table repository add column identity text not null default '';

-- +goose Down
alter table repository drop column identity;
alter table project drop column identity;
