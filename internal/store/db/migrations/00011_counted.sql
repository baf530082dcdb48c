-- +goose Up
-- What the project counts the repository as: its status, 5 for one without branches, null for nothing, as when it is removed.
alter table repository add column counted_as smallint;
update repository set counted_as = case when secure + vulnerable + not_scanned + outdated = 0 then 5 else status end where removed_at is null;
update project set secure = (select count(*) from repository r where r.project_id = project.id and r.counted_as = 1),
  vulnerable = (select count(*) from repository r where r.project_id = project.id and r.counted_as = 2),
  not_scanned = (select count(*) from repository r where r.project_id = project.id and r.counted_as = 0),
  partially_scanned = (select count(*) from repository r where r.project_id = project.id and r.counted_as = 3),
  outdated = (select count(*) from repository r where r.project_id = project.id and r.counted_as = 4),
  empty = (select count(*) from repository r where r.project_id = project.id and r.counted_as = 5);

-- +goose Down
alter table repository drop column counted_as;
