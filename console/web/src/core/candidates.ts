/** Who could be sent, as the desk reads it: how sure the time is, from where, and what may be done against an obstacle (pure). */
import type { Candidate } from '../api/types';
import { label, t } from '../messages';
import { spanText } from './ages';

// Nobody is sent against their will; the server refuses the same.
const NO_CONSENT: ReadonlySet<string> = new Set(['no_consent', 'consent_withdrawn']);
// Consent aside, only who cannot be reached by any message is none of these: the desk can but phone them.
const OBSTACLES: ReadonlySet<string> = new Set([
  'off_duty', 'busy', 'declined', 'needed_elsewhere', 'not_rostered', 'provider_closed', 'provider_full',
  'missing_skill', 'other_role', 'no_position', 'stale_position', 'bed_has_no_position',
]);
const ESTIMATES: ReadonlySet<string> = new Set(['straight_line_model', 'straight_line']);
const ENDED: ReadonlySet<string> = new Set(['DECLINED', 'EXPIRED', 'WITHDRAWN', 'UNDELIVERABLE']);

/** Whether this says why somebody is in the way of being asked, so that asking them all the same is forced. */
export const isObstacle = (why: string): boolean => OBSTACLES.has(why);

/** Whether the desk may ask them all the same, for a reason that goes on record. */
export const mayForce = (one: Candidate): boolean => !one.eligible && isObstacle(one.why) && !isAsked(one);

/** Whether the desk may send them after speaking to them on the phone. */
export const mayAssign = (one: Candidate): boolean => !NO_CONSENT.has(one.why) && one.offer?.state !== 'ACCEPTED';

/** Whether an offer to them can still be answered, or has been accepted. */
export const isAsked = (one: Candidate): boolean => one.offer !== null && !ENDED.has(one.offer.state);

/** Whether the desk has asked them against an obstacle. */
export const isForced = (one: Candidate): boolean => !one.eligible && isObstacle(one.why) && isAsked(one);

/** Whether a travel time was measured with a ruler and not along roads. */
export const isEstimate = (basis: string | null): boolean => basis !== null && ESTIMATES.has(basis);

/** The usual and the slow time: 约6分钟，慢时9分钟. */
export function timesText(one: Candidate): string {
  if (one.travel_p50_s === null) return t('travel.unknown');
  const usual = minutes(one.travel_p50_s);
  const slow = one.travel_p90_s === null ? usual : minutes(one.travel_p90_s);
  return slow > usual ? t('travel.usualAndSlow', { n: usual, slow }) : t('travel.about', { n: usual });
}

/** From where they would set out, and how old their last position is: 从常驻点出发（位置40 分钟前）. */
export function fromText(one: Candidate): string {
  if (one.place_from === null) return '';
  const age = one.position_age_s;
  const from = t('travel.from', { place: label('from', one.place_from) });
  if (age === null) return from;
  return from + t(one.place_from === 'position' ? 'travel.positionAge' : 'travel.positionUnused', { age: spanText(age) });
}

/** What they can do, how likely they come, and what they have carried: 急救、护理 · 通常78%会接单 · 近12小时出勤2次. */
export function loadTexts(one: Candidate): string[] {
  const went = Math.round(one.went_lately);
  return [
    one.skills.map((skill) => label('skill', skill)).join('、'),
    label('mode', one.travel_mode),
    t('dispatch.accepts', { n: Math.round(one.accepts * 100) }),
    went > 0 ? t('dispatch.went', { n: went }) : t('dispatch.rested'),
    one.sole_cover > 0 ? t('dispatch.soleCover', { n: one.sole_cover }) : '',
  ].filter((text) => text !== '');
}

const minutes = (seconds: number): number => Math.max(1, Math.round(seconds / 60));
