-- +goose Up
-- The webhooks of a connection. hook_path is the last part of their address, and no secret; the secrets are sealed. While
-- the webhooks change to another secret, the former one is accepted too. hook_generation counts the secrets.
alter table connection add column hook_path text not null default '';
alter table connection add column hook_secret text not null default '';
alter table connection add column hook_former text not null default '';
alter table connection add column hook_generation bigint not null default 0;
alter table connection add column hook_rotated_at bigint not null default 0;
-- The last delivery with a right signature, the last one with a wrong one, and what people must know.
alter table connection add column hook_heard_at bigint;
alter table connection add column hook_refused_at bigint;
alter table connection add column hook_problem text not null default '';

-- Deliveries of the last day, so that a repeated one does nothing.
create table webhook_delivery (
  connection_id bigint not null references connection (id),
  id text not null,
  received_at bigint not null,
  primary key (connection_id, id)
);
create index webhook_delivery_received on webhook_delivery (received_at);

-- +goose Down
drop table webhook_delivery;
alter table connection drop column hook_problem;
alter table connection drop column hook_refused_at;
alter table connection drop column hook_heard_at;
alter table connection drop column hook_rotated_at;
alter table connection drop column hook_generation;
alter table connection drop column hook_former;
alter table connection drop column hook_secret;
alter table connection drop column hook_path;
