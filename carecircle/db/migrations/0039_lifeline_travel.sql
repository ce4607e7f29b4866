-- What the lifeline's ranking and travel times rest on: how people answer, whom each bed would have, closed roads, and what
-- arrivals have taught.

set lock_timeout = '5s';
set role carecircle_owner;

grant select on standing, bed_candidate to carecircle_lifeline;
grant select on road_closure, travel_calibration, travel_correction to carecircle_lifeline;
grant select, insert, update on travel_budget to carecircle_lifeline;

reset role;
