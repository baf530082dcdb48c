-- The waiting scans in the order in which they start, so that the first of a long queue are found at once.

-- +goose Up
create index scan_in_order on scan (priority, queued_at, id) where state = 0;

-- +goose Down
drop index scan_in_order;
