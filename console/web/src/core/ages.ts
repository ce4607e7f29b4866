/** Ages and times as people read them; a value without a fresh age is never shown as current (pure). */
import { label, t } from '../messages';
import { speech } from '../messages/language.svelte';
import { localesOf } from '../messages/languages';
import type { Time } from '../api/types';

/** Older than this a vital sign says nothing about now (the gateway's freshness limit). */
export const STALE_AFTER_MS = 5 * 60_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SECONDS: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const MINUTES: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const DAY: Intl.DateTimeFormatOptions = { month: 'numeric', day: 'numeric', ...SECONDS };

const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment as the language of the page writes it, by the clock of China in every language. */
function written(at: Time | number | null, name: string, options: Intl.DateTimeFormatOptions): string {
  if (at === null) return '—';
  const { language } = speech;
  const key = `${language} ${name}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(localesOf(language), { ...options, timeZone: 'Asia/Shanghai', hourCycle: 'h23' });
    formats.set(key, format);
  }
  return format.format(new Date(at));
}

export function isStale(at: Time | null, nowMs: number): boolean {
  return at === null || nowMs - Date.parse(at) > STALE_AFTER_MS;
}

/** How long ago, in one unit; "刚刚" below ten seconds. */
export function ageText(at: Time | null, nowMs: number): string {
  if (at === null) return t('age.never');
  const age = Math.max(0, nowMs - Date.parse(at));
  if (age < 10_000) return t('age.now');
  if (age < MINUTE_MS) return t('age.seconds', { n: Math.floor(age / 1000) });
  if (age < HOUR_MS) return t('age.minutes', { n: Math.floor(age / MINUTE_MS) });
  if (age < DAY_MS) return t('age.hours', { n: Math.floor(age / HOUR_MS) });
  return t('age.days', { n: Math.floor(age / DAY_MS) });
}

/** A span of time in one unit, rounded down: 16 秒, 2 分钟. */
export function spanText(seconds: number): string {
  if (seconds < 60) return t('span.seconds', { n: Math.floor(seconds) });
  if (seconds < 3600) return t('span.minutes', { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t('span.hours', { n: Math.floor(seconds / 3600) });
  return t('span.days', { n: Math.floor(seconds / 86_400) });
}

/** Time of day in China, hours to seconds. */
export const timeText = (at: Time | number | null): string => written(at, 'seconds', SECONDS);
/** Time of day in China, hours and minutes. */
export const shortTimeText = (at: Time | number | null): string => written(at, 'minutes', MINUTES);
/** Day and time of day in China. */
export const dayTimeText = (at: Time | null): string => written(at, 'day', DAY);

/** A travel time with what it rests on: 约12分钟（直线估算）. */
export function travelText(seconds: number | null, basis: string | null): string {
  if (seconds === null) return t('travel.unknown');
  const minutes = Math.max(1, Math.round(seconds / 60));
  return basis === null ? t('travel.about', { n: minutes }) : t('travel.basis', { n: minutes, basis: label('basis', basis) });
}

/** A distance in metres or kilometres. */
export function distanceText(metres: number | null): string {
  if (metres === null) return '—';
  return metres < 1000 ? t('distance.m', { n: Math.round(metres / 10) * 10 }) : t('distance.km', { n: (metres / 1000).toFixed(1) });
}
