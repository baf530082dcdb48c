-- +goose Up
-- Since when listings lack the repository without its being taken for gone, and whether a person has said that it is; see missing.go.
alter table repository add column missing_since bigint;
alter table repository add column missing_confirmed boolean not null default false;
-- Why it, or a part of its references, could not be read when it was listed last; empty when all could.
alter table repository add column problem text not null default '';
-- Whether the branch was left out of the last listing because its repository could not be read in full.
alter table branch add column unread boolean not null default false;

-- +goose Down
alter table branch drop column unread;
alter table repository drop column problem;
alter table repository drop column missing_confirmed;
alter table repository drop column missing_since;
