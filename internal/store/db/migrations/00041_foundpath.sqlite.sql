-- What a search by path or author looks through, instead of all occurrences: each path and each author of an occurrence once.

-- +goose Up
create table found_path (
  id integer primary key,
  path text not null unique
);
create table found_author (
  id integer primary key,
  name text not null,
  email text not null,
  unique (name, email)
);
insert into found_path (id, path) select row_number() over (order by path), path from (select distinct path from occurrence) o;
insert into found_author (id, name, email)
select row_number() over (order by author, author_email), author, author_email from (select distinct author, author_email from occurrence where author <> '' or author_email <> '') o;
create index occurrence_path on occurrence (path);
create index occurrence_author on occurrence (author_email, author);

-- The parts of three characters of each path (https://sqlite.org/fts5.html#the_trigram_tokenizer). Triggers keep it up to date, as in
-- https://sqlite.org/fts5.html#external_content_tables.
create virtual table found_path_part using fts5 (path, content = 'found_path', content_rowid = 'id', tokenize = 'trigram', detail = 'none');
insert into found_path_part (found_path_part) values ('rebuild');
-- +goose StatementBegin
create trigger found_path_added after insert on found_path begin
  insert into found_path_part (rowid, path) values (new.id, new.path);
end;
-- +goose StatementEnd
-- +goose StatementBegin
create trigger found_path_removed after delete on found_path begin
  insert into found_path_part (found_path_part, rowid, path) values ('delete', old.id, old.path);
end;
-- +goose StatementEnd

-- +goose Down
drop trigger found_path_removed;
drop trigger found_path_added;
drop table found_path_part;
drop index occurrence_author;
drop index occurrence_path;
drop table found_author;
drop table found_path;
