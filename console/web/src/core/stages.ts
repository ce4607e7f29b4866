/** The way of one incident from the press to its end, as the steps that a dispatcher waits for (pure). */
import type { Incident, Time } from '../api/types';

export const STAGES = ['pressed', 'acknowledged', 'dispatched', 'accepted', 'arrived', 'closed'] as const;
export type StageName = (typeof STAGES)[number];

export interface Stage {
  name: StageName;
  at: Time | null;
  who: string | null;
}

/** Every stage with when it was reached and by whom; null where it has not been. */
export function stagesOf(incident: Incident): Stage[] {
  const accepted = incident.helpers.find((one) => one.accepted_at !== null);
  const arrived = incident.helpers.find((one) => one.arrived_at !== null);
  return [
    { name: 'pressed', at: incident.pressed_at, who: null },
    { name: 'acknowledged', at: incident.acknowledged_at, who: incident.acknowledged_by },
    { name: 'dispatched', at: incident.dispatched_at, who: null },
    { name: 'accepted', at: incident.accepted_at, who: accepted?.name ?? null },
    { name: 'arrived', at: incident.arrived_at, who: arrived?.name ?? null },
    { name: 'closed', at: incident.closed_at, who: incident.closed_by },
  ];
}
