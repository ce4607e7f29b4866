-- Repeats of a device that may count double are written down and told to nobody.

set role carecircle_owner;

alter table alarm
    drop constraint alarm_held_back_check,
    add constraint alarm_held_back_check check (held_back in ('shelved', 'flood', 'late', 'doubtful', 'history'));
comment on column alarm.held_back is
    'Why nobody was told yet: shelved, flood, late; doubtful for a repeat by a device that may count double, which is '
    'raised anew where there is reason to; history for what was found in late readings and is never told.';

reset role;
