-- +goose Up
-- Who uses a package, added up over the inventories of a repository that live branches have, with a row for each version; see uses.go of the
-- room status. relation, development and in_default are those of the use that counts most.
create table package_use (
  package_id bigint not null references package (id),
  repository_id bigint not null references repository (id),
  version text not null,
  relation smallint not null,
  development boolean not null,
  branches integer not null,
  -- The branches that use any version, in the row of the first version; 0 in the others.
  any_branches integer not null,
  in_default boolean not null,
  severity smallint not null,
  advisories text not null,
  fixed_version text not null,
  primary key (package_id, repository_id, version)
);
insert into package_use (package_id, repository_id, version, relation, development, branches, any_branches, in_default, severity, advisories, fixed_version)
select u.package_id, u.repository_id, u.version, u.relation, u.development, u.branches, case when u.version = a.version then a.branches else 0 end, u.in_default, u.severity, u.advisories, u.fixed_version
from (
  select d.package_id, i.repository_id, d.version, coalesce(min(nullif(d.relation, 0)), 0) as relation, min(case when d.development then 1 else 0 end) = 1 as development,
    sum(i.branches) as branches, max(case when i.in_default then 1 else 0 end) = 1 as in_default,
    max(d.severity) as severity, max(d.advisories) as advisories, max(d.fixed_version) as fixed_version
  from inventory i
  join dependency d on d.inventory_id = i.id
  where i.branches > 0
  group by d.package_id, i.repository_id, d.version) u
join (
  select e.package_id, e.repository_id, sum(e.branches) as branches, min(e.version) as version
  from (
    select d.package_id, i.repository_id, i.id, i.branches, min(d.version) as version
    from inventory i
    join dependency d on d.inventory_id = i.id
    where i.branches > 0
    group by d.package_id, i.repository_id, i.id, i.branches) e
  group by e.package_id, e.repository_id) a on a.package_id = u.package_id and a.repository_id = u.repository_id;
create index package_use_counts on package_use (package_id, repository_id, any_branches, severity);
create index package_use_vulnerable on package_use (package_id, repository_id) where severity > 0;
create index package_use_of_repository on package_use (repository_id, package_id);

-- +goose Down
drop table package_use;
