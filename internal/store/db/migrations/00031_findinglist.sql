-- +goose Up
-- The list of all findings: by severity, by age, and what few findings have. The last columns only save the look at rows that do not match.
create index finding_severity on finding (severity, id, first_seen, engine);
create index finding_first_seen on finding (first_seen, id, engine);
create index finding_rule on finding (rule);
create index finding_rule_name on finding (lower(rule_name)) where rule_name <> '';
create index finding_state on finding (state, id) where state <> 0;
create index finding_assignee on finding (assignee, id) where assignee <> '';

-- +goose Down
drop index finding_assignee;
drop index finding_state;
drop index finding_rule_name;
drop index finding_rule;
drop index finding_first_seen;
drop index finding_severity;
