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
-- A snapshot counts from its day until the next one of its project.
with held as (
  select day, lead(day) over (partition by project_id order by day) as until, secure, vulnerable, not_scanned, partially_scanned, outdated,
    open_critical, open_high, open_medium, open_low
  from snapshot
  where repository_id = 0)
insert into snapshot_sum (day, secure, vulnerable, not_scanned, partially_scanned, outdated, open_critical, open_high, open_medium, open_low)
select day, sum(sum(secure)) over (order by day),
  sum(sum(vulnerable)) over (order by day),
  sum(sum(not_scanned)) over (order by day),
  sum(sum(partially_scanned)) over (order by day),
  sum(sum(outdated)) over (order by day),
  sum(sum(open_critical)) over (order by day),
  sum(sum(open_high)) over (order by day),
  sum(sum(open_medium)) over (order by day),
  sum(sum(open_low)) over (order by day)
from (
  select day, secure, vulnerable, not_scanned, partially_scanned, outdated, open_critical, open_high, open_medium, open_low
  from held
  union all
  select until, -secure, -vulnerable, -not_scanned, -partially_scanned, -outdated, -open_critical, -open_high, -open_medium, -open_low
  from held
  where until is not null) t
group by day;

-- +goose Down
drop table snapshot_sum;
drop table life;
