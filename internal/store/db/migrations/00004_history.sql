-- +goose Up
-- Who brought a finding's line to where it is; empty where that is not known.
alter table occurrence add column origin_commit text not null default '';
alter table occurrence add column author text not null default '';
alter table occurrence add column author_email text not null default '';
alter table occurrence add column origin_at bigint;
-- The result of the branch since which it is as it is here; see branch.result.
alter table occurrence add column since_result integer not null default 0;

-- What later scans of a branch no longer found, or found otherwise: it was part of the results from since_result on, and before
-- until_result.
create table past_occurrence (
  branch_id bigint not null references branch (id),
  until_result integer not null,
  since_result integer not null,
  finding_id bigint not null references finding (id),
  path text not null,
  number integer not null,
  line integer not null,
  start_column integer not null,
  end_line integer not null,
  end_column integer not null,
  excerpt text not null,
  commit_hash text not null,
  archive text not null,
  allowed text not null,
  origin_commit text not null,
  author text not null,
  author_email text not null,
  origin_at bigint,
  primary key (branch_id, until_result, finding_id, path, number)
);
create index past_occurrence_of_finding on past_occurrence (finding_id);

-- The results of a branch are counted from 1: the number of the last one, and of the first one that is still kept. What else
-- could order them, the ids of scans, comes from the clocks of nodes.
alter table branch add column result integer not null default 0;
alter table branch add column kept_result integer not null default 1;
alter table scan add column result integer not null default 0;
update branch set result = 1 where scan_id is not null;
update scan set result = 1 where id in (select scan_id from branch);

-- How many findings the branch had after a scan and not before it, and the other way round.
alter table scan add column appeared integer not null default 0;
alter table scan add column vanished integer not null default 0;

-- +goose Down
alter table scan drop column vanished;
alter table scan drop column appeared;
alter table scan drop column result;
alter table branch drop column kept_result;
alter table branch drop column result;
drop table past_occurrence;
alter table occurrence drop column since_result;
alter table occurrence drop column origin_at;
alter table occurrence drop column author_email;
alter table occurrence drop column author;
alter table occurrence drop column origin_commit;
