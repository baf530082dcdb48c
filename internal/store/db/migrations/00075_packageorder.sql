-- +goose Up
-- The index from which a package's versions and repositories are counted and sorted without their rows.
drop index package_use_counts;
create index package_use_counts on package_use (package_id, repository_id, version, severity, branches, any_branches);

-- +goose Down
drop index package_use_counts;
create index package_use_counts on package_use (package_id, repository_id, any_branches, severity);
