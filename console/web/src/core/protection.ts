/** What a bed is protected from, where its resident is, and which of its alarms may be put aside, in words (pure). */
import type { Alarm, BedAlarms, Capability, Whereabouts } from '../api/types';
import { label, t } from '../messages';
import { ageText, shortTimeText } from './ages';
import { FOR_HELP } from './merging';

/** One capability: 呼叫按钮 · 3分钟前, or why it does not hold. */
export function capabilityText(one: Capability, nowMs: number): string {
  const age = one.heard_at === null ? '' : ageText(one.heard_at, nowMs);
  return [label('capability', one.capability), one.holds ? '' : label('capabilityWhy', one.why), age].filter(Boolean).join(' · ');
}

/** Those that do not hold first; the rest in the server's order. */
export const inConcern = (all: readonly Capability[]): Capability[] => [...all].sort((one, other) => Number(one.holds) - Number(other.holds));

/** Where somebody is, since when, and when that was last seen. */
export function whereText(where: Whereabouts, nowMs: number): string {
  const place = label('place', where.place) + (where.asleep ? t('place.asleep') : '');
  const since = where.since === null ? '' : t('place.since', { time: shortTimeText(where.since) });
  return [place, since, where.seen_at === null ? '' : t('place.seen', { age: ageText(where.seen_at, nowMs) })].filter(Boolean).join(' · ');
}

/** The alarms that stand, and those of the last days that have gone. */
export function split(alarms: readonly Alarm[]): { standing: Alarm[]; gone: Alarm[] } {
  return { standing: alarms.filter((one) => one.cleared_at === null), gone: alarms.filter((one) => one.cleared_at !== null) };
}

/** Whether somebody may put it aside: it stands, is no call for help, and is not put aside already. */
export function mayShelve(alarm: Alarm, { shelves }: BedAlarms): boolean {
  return alarm.cleared_at === null && !FOR_HELP.has(alarm.kind) && !shelves.some((one) => one.kind === alarm.kind);
}
