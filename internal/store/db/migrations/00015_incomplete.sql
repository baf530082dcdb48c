-- +goose Up
-- Why a scan with a result did not look at everything, and mistakes in the repository's own rules: a line each; empty for nothing.
alter table scan add column incomplete text not null default '';
-- Whether the last result is one of that kind.
alter table branch add column incomplete boolean not null default false;
alter table repository add column partially_scanned integer not null default 0;
-- Until now a warning said what was not looked at.
update scan set incomplete = warning, warning = '' where warning <> '';
update branch set incomplete = true where scan_id in (select id from scan where incomplete <> '');

-- +goose Down
alter table repository drop column partially_scanned;
alter table branch drop column incomplete;
alter table scan drop column incomplete;
