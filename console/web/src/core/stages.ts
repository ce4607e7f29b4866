/** The way of one incident from the press to its end, as the steps that a dispatcher waits for (pure). */
import type { AssignmentState, Incident, IncidentState, Time } from '../api/types';

export const STAGES = ['pressed', 'acknowledged', 'dispatched', 'accepted', 'arrived', 'closed'] as const;
export type StageName = (typeof STAGES)[number];

export interface Stage {
  name: StageName;
  at: Time | null;
  who: string | null;
}

const STILL_SEARCHING: ReadonlySet<IncidentState> = new Set(['RECEIVED', 'SEARCHING', 'UNCOVERED']);
const STILL_COMING: ReadonlySet<IncidentState> = new Set([...STILL_SEARCHING, 'ASSIGNED', 'EN_ROUTE']);

const IS_ON_IT: ReadonlySet<AssignmentState> = new Set(['ACCEPTED', 'MOVING', 'ARRIVED']);

/** Every stage with when it was reached and by whom; null where it has not been, or has to be once more. */
export function stagesOf(incident: Incident): Stage[] {
  const isAccepted = !STILL_SEARCHING.has(incident.state);
  const isArrived = !STILL_COMING.has(incident.state);
  // Whoever is on it now goes before those who came earlier and have left.
  const helpers = [...incident.helpers].sort((one, other) => Number(IS_ON_IT.has(other.state)) - Number(IS_ON_IT.has(one.state)));
  const accepted = helpers.find((one) => one.accepted_at !== null);
  const arrived = helpers.find((one) => one.arrived_at !== null);
  return [
    { name: 'pressed', at: incident.pressed_at, who: null },
    { name: 'acknowledged', at: incident.acknowledged_at, who: incident.acknowledged_by },
    { name: 'dispatched', at: incident.dispatched_at, who: null },
    { name: 'accepted', at: isAccepted ? (accepted?.accepted_at ?? incident.accepted_at) : null, who: accepted?.name ?? null },
    { name: 'arrived', at: isArrived ? (arrived?.arrived_at ?? incident.arrived_at) : null, who: arrived?.name ?? null },
    { name: 'closed', at: incident.closed_at, who: incident.closed_by },
  ];
}
