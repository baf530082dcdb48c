-- +goose Up
-- The packages that branches depend on. A package has one row, however many repositories use it; the name is as files write it, the key
-- is the same for all spellings.
create table package (
  id bigint primary key,
  ecosystem text not null,
  key text not null,
  name text not null,
  unique (ecosystem, key)
);
create index package_name on package (lower(name));

-- What branches of a repository depend on alike. hash is that of its dependencies; branches counts the live branches that have it, and
-- in_default is true if the default branch is one of them. Without live branches it is kept, because branches may return.
create table inventory (
  id bigint primary key,
  repository_id bigint not null references repository (id),
  hash text not null,
  branches integer not null default 0,
  in_default boolean not null default false,
  unique (repository_id, hash)
);

create table dependency (
  inventory_id bigint not null references inventory (id),
  package_id bigint not null references package (id),
  version text not null,
  -- 0 not known, 1 direct, 2 transitive
  relation smallint not null,
  development boolean not null,
  -- What the scan knew: the highest severity of its advisories, 0 for none; their ids; and the version that mends them, if there is one.
  severity smallint not null,
  advisories text not null,
  fixed_version text not null,
  primary key (inventory_id, package_id, version)
);
create index dependency_of_package on dependency (package_id, inventory_id, severity, version);
create index dependency_vulnerable on dependency (package_id, inventory_id) where severity > 0;

-- Null for a branch whose dependencies are not known: it was not scanned, or before this column.
alter table branch add column inventory_id bigint references inventory (id);
create index branch_of_inventory on branch (inventory_id) where inventory_id is not null;
create index branch_unknown on branch (repository_id) where inventory_id is null and scan_id is not null and removed_at is null;

-- Reviews are looked up by text, whatever their scope.
create index review_text on review (text_hash);

-- +goose Down
drop index review_text;
drop index branch_unknown;
drop index branch_of_inventory;
alter table branch drop column inventory_id;
drop table dependency;
drop table inventory;
drop table package;
