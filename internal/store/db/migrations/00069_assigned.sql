-- +goose Up
-- The findings of a person, in each order of the list: the list reads as many as it shows.
create index finding_assignee_severity on finding (assignee, severity, id) where assignee <> '';
create index finding_assignee_seen on finding (assignee, first_seen, id) where assignee <> '';

-- +goose Down
drop index finding_assignee_seen;
drop index finding_assignee_severity;
