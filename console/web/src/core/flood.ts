/** Too many alarms at once: when that is so, and how the queue then keeps together what belongs together (pure). */
import type { Incident, IncidentKind } from '../api/types';
import { isUnacknowledged, MOST_BLINKING } from './incidents';

/** ISA-18.2: a flood begins with more than ten new alarms in ten minutes, and ends below five. */
export const FLOOD_ABOVE = 10;
export const CALM_BELOW = 5;
export const FLOOD_WINDOW_MS = 10 * 60_000;

/** How many have come within the last ten minutes, those that have ended since among them. */
export function newLately(openedAtMs: Iterable<number>, nowMs: number): number {
  let count = 0;
  for (const at of openedAtMs) if (nowMs - at < FLOOD_WINDOW_MS) count += 1;
  return count;
}

/** Whether it is a flood now, given whether it was one a moment ago. */
export function isFlood(count: number, was: boolean): boolean {
  return count > FLOOD_ABOVE || (was && count >= CALM_BELOW);
}

// What a gateway that has no power or no network shows, and what its silence makes of the devices behind it.
const OF_GATEWAYS: ReadonlySet<IncidentKind> = new Set(['gateway_silent', 'mains_lost', 'lost_signal', 'unstable_signal', 'clock_fault']);

export interface Group {
  key: string;
  by: 'bed' | 'gateway' | 'kind';
  /** In the order of the queue; the first one stands for all. */
  members: Incident[];
}
export type Item = { incident: Incident; group: null } | { incident: Incident; group: Group };

/**
 * The queue with lesser alarms kept together: of one bed; of the gateways of one county; and, in a flood, of one kind.
 * An alarm of the highest priority always has its own row. Groups stand where their first member does.
 */
export function inGroups(ordered: readonly Incident[], isFlooded: boolean): Item[] {
  const keys = new Map<string, { key: string; by: Group['by'] }>();
  const rest = keep(ordered.filter((one) => one.priority > 1), 'bed', (one) => one.bed_id, keys);
  const others = keep(rest.filter((one) => OF_GATEWAYS.has(one.kind)), 'gateway', (one) => `${one.county}:${one.kind}`, keys);
  if (isFlooded) {
    const left = [...rest.filter((one) => !OF_GATEWAYS.has(one.kind)), ...others];
    keep(left, 'kind', (one) => `${one.priority}:${one.kind}`, keys);
  }
  const groups = new Map<string, Group>();
  const items: Item[] = [];
  for (const incident of ordered) {
    const found = keys.get(incident.id);
    if (found === undefined) {
      items.push({ incident, group: null });
      continue;
    }
    const group = groups.get(found.key);
    if (group !== undefined) {
      group.members.push(incident);
      continue;
    }
    const begun: Group = { ...found, members: [incident] };
    groups.set(found.key, begun);
    items.push({ incident, group: begun });
  }
  return items;
}

/** Mark those that share a key with others; returns those that share it with none. */
function keep(incidents: readonly Incident[], by: Group['by'], keyOf: (one: Incident) => string, keys: Map<string, { key: string; by: Group['by'] }>): Incident[] {
  const sizes = new Map<string, number>();
  for (const one of incidents) sizes.set(keyOf(one), (sizes.get(keyOf(one)) ?? 0) + 1);
  return incidents.filter((one) => {
    if ((sizes.get(keyOf(one)) ?? 0) < 2) return true;
    keys.set(one.id, { key: `${by}:${keyOf(one)}`, by });
    return false;
  });
}

/** What can be walked through: every row, and of a group its first member, or all of them where it is opened. */
export function visible(items: readonly Item[], opened: ReadonlySet<string>): Incident[] {
  return items.flatMap((item) => (item.group !== null && opened.has(item.group.key) ? item.group.members : [item.incident]));
}

/** The ids whose rows blink: the most urgent five that hold something nobody has acknowledged. */
export function blinkingItems(items: readonly Item[]): ReadonlySet<string> {
  return new Set(
    items
      .filter((item) => (item.group?.members ?? [item.incident]).some(isUnacknowledged))
      .slice(0, MOST_BLINKING)
      .map((item) => item.incident.id),
  );
}
