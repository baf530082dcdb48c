-- +goose Up
-- Whether the branch counts for its repository; see the setting rollupScope.
alter table branch add column counted boolean not null default true;
-- The hash of soteri-security.yml at the head of the default branch, as scans write it into their configuration; zeros for none.
alter table repository add column rules_file text not null default '0000000000000000';

-- +goose Down
alter table repository drop column rules_file;
alter table branch drop column counted;
