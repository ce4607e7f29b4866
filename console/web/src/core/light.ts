/** The light "no call is forgotten" in words: what it is out for, the worst first (pure). */
import type { Health, NeverSilent } from '../api/types';
import { has, label, t } from '../messages';
import { spanText } from './ages';

// The engine leaves a pulse every 5 s, the check every 15 s; the console puts the light out at the same limits.
const ENGINE_FRESH_S = 15;
const CHECK_FRESH_S = 50;
const WORST_FIRST = ['unattended', 'held_press_overdue', 'late_due', 'crowded', 'unaudited', 'message_stuck'];

/** Every reason why the light is out; empty while it burns. */
export function reasonsOf(light: NeverSilent): string[] {
  if (light.ok) return [];
  const reasons = [...engine(light), ...check(light)];
  // The beat counts these two anew; what the last check has found may be older.
  const counts = new Map<string, number>(Object.entries(light.broken));
  for (const [promise, now] of [['unattended', light.unattended], ['late_due', light.late_due]] as const) {
    if (now > 0) counts.set(promise, now);
  }
  const order = (promise: string): number => (WORST_FIRST.includes(promise) ? WORST_FIRST.indexOf(promise) : WORST_FIRST.length);
  for (const [promise, n] of [...counts].sort(([one], [other]) => order(one) - order(other))) {
    const key = `promise.${promise}`;
    reasons.push(has(key) ? t(key as 'promise.unattended', { n }) : t('promise.other', { promise, n }));
  }
  return reasons.length > 0 ? reasons : [t('light.unknown')];
}

/** One line for a narrow place: the worst reason, and how many more there are. */
export function shortReason(light: NeverSilent): string {
  const [worst, ...more] = reasonsOf(light);
  if (worst === undefined) return t('header.neverSilent.ok');
  return more.length === 0 ? worst : t('light.andMore', { reason: worst, n: more.length });
}

/** What does not run or could not be read, of the whole platform; empty when the health page has nothing to say. */
export function troublesOf(health: Health): string[] {
  const troubles: string[] = [];
  if (!health.database) troubles.push(t('light.noDatabase'));
  if (health.feed === false) troubles.push(t('light.noFeed'));
  if (health.never_silent !== null) troubles.push(...reasonsOf(health.never_silent));
  const lifeline = health.pulse_age_s?.['lifeline'];
  if (lifeline !== undefined && lifeline > ENGINE_FRESH_S) troubles.push(t('light.lifelineSilent', { age: spanText(lifeline) }));
  return troubles;
}

/** Each service that leaves a pulse, with the age of the last one in seconds. */
export function pulsesOf(health: Health): { name: string; ageS: number }[] {
  return Object.entries(health.pulse_age_s ?? {})
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([service, ageS]) => ({ name: label('service', service), ageS }));
}

function engine({ engine_age_s }: NeverSilent): string[] {
  if (engine_age_s === null) return [t('light.engineNever')];
  return engine_age_s > ENGINE_FRESH_S ? [t('light.engineSilent', { age: spanText(engine_age_s) })] : [];
}

function check({ check_age_s }: NeverSilent): string[] {
  if (check_age_s === null) return [t('light.checkNever')];
  return check_age_s > CHECK_FRESH_S ? [t('light.checkSilent', { age: spanText(check_age_s) })] : [];
}
