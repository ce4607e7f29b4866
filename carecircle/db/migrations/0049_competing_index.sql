-- Incidents that compete for the same people, cell by cell in the order of the end of their time: a storm of thousands
-- costs a decision what a few dozen do, because each look stops where it has seen enough.

set lock_timeout = '5s';
set role carecircle_owner;

create index incident_competing on incident (cell, deadline_at, id)
    where family = 'help' and state in ('RECEIVED', 'SEARCHING', 'UNCOVERED');
drop index incident_uncommitted;

reset role;
