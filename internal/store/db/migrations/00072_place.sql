-- +goose Up
-- Settings of a project or a repository, which go before those of the instance. The nearest one counts.
create table place_setting (
  scope text not null,
  key text not null,
  value text not null,
  primary key (scope, key)
);

-- +goose Down
drop table place_setting;
