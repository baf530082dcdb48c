-- What a search by path or author looks through, instead of all occurrences: each path and each author of an occurrence once.

-- +goose Up
create table found_path (
  id bigint primary key,
  path text not null unique
);
create table found_author (
  id bigint primary key,
  name text not null,
  email text not null,
  unique (name, email)
);
insert into found_path (id, path) select row_number() over (order by path), path from (select distinct path from occurrence) o;
insert into found_author (id, name, email)
select row_number() over (order by author, author_email), author, author_email from (select distinct author, author_email from occurrence where author <> '' or author_email <> '') o;
create index occurrence_path on occurrence (path);
create index occurrence_author on occurrence (author_email, author);

-- The parts of three characters of a text in lower case. An index of them does what the extension pg_trgm does, which not every server has.
-- +goose StatementBegin
create function text_parts(text) returns text[] language sql immutable strict parallel safe as $$
  select coalesce(array_agg(distinct substr(lower($1), i, 3)), '{}') from generate_series(1, length(lower($1)) - 2) i
$$;
-- +goose StatementEnd
create index found_path_part on found_path using gin (text_parts(path));

-- +goose Down
drop index found_path_part;
drop function text_parts(text);
drop index occurrence_author;
drop index occurrence_path;
drop table found_author;
drop table found_path;
