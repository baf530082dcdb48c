-- What the trends show over a long time, added up, so that they read no finding and no snapshot of a single project.

-- +goose Up
-- When the findings of a repository that count came and went, by severity and day; see lives.go of the room status. A repository without a row
-- has not been counted since this table was made.
create table life (
  repository_id bigint primary key references repository (id),
  lives bytea not null
);

-- The sum of the snapshots of all projects, on each day on which it was taken.
create table snapshot_sum (
  day integer primary key,
  secure integer not null,
  vulnerable integer not null,
  not_scanned integer not null,
  partially_scanned integer not null,
  outdated integer not null,
  open_critical integer not null,
  open_high integer not null,
  open_medium integer not null,
  open_low integer not null
);
insert into snapshot_sum (day, secure, vulnerable, not_scanned, partially_scanned, outdated, open_critical, open_high, open_medium, open_low)
select d.day, sum(x.secure), sum(x.vulnerable), sum(x.not_scanned), sum(x.partially_scanned), sum(x.outdated),
  sum(x.open_critical), sum(x.open_high), sum(x.open_medium), sum(x.open_low)
from (select distinct day from snapshot where repository_id = 0) d
cross join project p
join snapshot x on x.project_id = p.id and x.repository_id = 0 and x.day = (
  select max(y.day)
  from snapshot y
  where y.project_id = p.id and y.repository_id = 0 and y.day <= d.day)
group by d.day;

-- +goose Down
drop table snapshot_sum;
drop table life;
