-- +goose Up
-- What a project or a repository was on a day, written when it differs from the day before; days without a row were the same.
create table snapshot (
  project_id bigint not null references project (id),
  -- 0 is the project itself, whose statuses are those of its repositories; a repository's are those of its branches.
  repository_id bigint not null,
  -- Days since 1970-01-01, UTC.
  day integer not null,
  secure integer not null,
  vulnerable integer not null,
  not_scanned integer not null,
  partially_scanned integer not null,
  outdated integer not null,
  open_critical integer not null,
  open_high integer not null,
  open_medium integer not null,
  open_low integer not null,
  primary key (project_id, repository_id, day)
);
create index snapshot_of_day on snapshot (day);

-- +goose Down
drop table snapshot;
