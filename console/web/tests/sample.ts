/** An incident for tests; nothing in it is true of anybody. */
import type { Incident } from '../src/api/types';

export function incident(id: string, changes: Partial<Incident> = {}): Incident {
  return {
    id,
    bed_id: `bed-${id}`,
    resident_name: '李建国',
    address: '18栋102',
    county: '630102',
    county_name: '城东区',
    lat: 36.61,
    lon: 101.81,
    circle: 'urban',
    kind: 'sos',
    priority: 1,
    state: 'SEARCHING',
    level: 0,
    late: false,
    verification: 'none',
    opened_at: '2026-11-23T08:00:00.100Z',
    pressed_at: '2026-11-23T08:00:00.000Z',
    deadline_at: '2026-11-23T08:15:00.000Z',
    acknowledged_at: null,
    acknowledged_by: null,
    dispatched_at: null,
    accepted_at: null,
    arrived_at: null,
    closed_at: null,
    closed_by: null,
    outcome_code: null,
    owner: null,
    helpers: [],
    offers_open: 0,
    reason: '',
    ...changes,
  };
}
