-- +goose Up
-- Entries are numbered without gaps from 1, and each holds a hash of itself and the one before it; see audit.go. Those that are
-- older than that have no hash.
alter table audit add column seq bigint not null default 0;
alter table audit add column hash text not null default '';
update audit set seq = n.seq from (select id, row_number() over (order by id) as seq from audit) n where n.id = audit.id;
create unique index audit_seq on audit (seq);
create index audit_actor on audit (actor, seq);

-- +goose Down
drop index audit_actor;
drop index audit_seq;
alter table audit drop column hash;
alter table audit drop column seq;
