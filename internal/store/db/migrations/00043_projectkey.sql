-- +goose Up
-- Grants name projects by key, also removed ones. project_live has only the others.
create index project_key on project (key);

-- +goose Down
drop index project_key;
