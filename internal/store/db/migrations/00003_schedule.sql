-- +goose Up
create table schedule (
  -- '' for the instance, the key of a project, or key/slug of a repository.
  scope text primary key,
  -- Five fields, in UTC.
  cron text not null,
  outdated boolean not null,
  -- When it was due last, in Unix milliseconds: whoever moves it starts the scans.
  due_at bigint not null
);

-- +goose Down
drop table schedule;
