-- How well a device's radio is heard, as the home box sees it: weak links are mended before they are needed.

set lock_timeout = '5s';
set role carecircle_owner;

alter table device_status add column link_quality real;
comment on column device_status.link_quality is 'Percent of the best that the device''s radio knows, smoothed; null where the bridge does not say.';

reset role;
