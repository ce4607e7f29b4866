/** The audit trail in the reader's words: who did what, about whom, and why (pure). */
import type { Entry } from '../api/types';
import { has, label, t, type MessageKey } from '../messages';
import { shortTimeText, travelText } from './ages';

export interface Line {
  title: string;
  actor: string;
  text: string;
  /** Something that went out, which belongs to the record but not to the story. */
  isQuiet: boolean;
}

/** Names by what the trail calls people: `responder:…`, `account:…`, the id of an offer or of an assignment. */
export type NameBook = ReadonlyMap<string, string>;

export function namesIn(timeline: readonly Entry[]): NameBook {
  const names = new Map<string, string>();
  for (const { actor, detail, reason } of timeline) {
    const name = word(detail.name) ?? word(detail.by);
    const keys = [word(detail.offer), word(detail.assignment), 'responder' in detail ? `responder:${String(detail.responder)}` : null];
    if (name !== null) for (const key of keys) if (key !== null) names.set(key, name);
    const owner = /^taken by (.+)$/.exec(reason)?.[1] ?? word(detail.by);
    if (owner !== null && owner !== undefined && actor.startsWith('account:')) names.set(actor, owner);
  }
  return names;
}

export function lineOf(entry: Entry, names: NameBook): Line {
  const { step, detail } = entry;
  const about = word(detail.name) ?? names.get(word(detail.offer) ?? '') ?? names.get(word(detail.assignment) ?? '') ?? null;
  const actor = actorText(entry.actor, names);
  const title = label('step', step);
  return {
    title: about === null ? title : t('entry.about', { title, name: about }),
    actor: actor === about ? '' : actor,
    text: textOf(entry),
    isQuiet: step.startsWith('told_'),
  };
}

function textOf({ step, reason, detail }: Entry): string {
  if (step === 'offered') {
    const seconds = typeof detail.travel_p50_s === 'number' ? detail.travel_p50_s : null;
    const wave = typeof detail.wave === 'number' ? t('entry.wave', { n: detail.wave }) : '';
    return [wave, seconds === null ? '' : travelText(seconds, word(detail.basis)), label('why', reason)].filter(Boolean).join(' · ');
  }
  if (step === 'accepted') {
    const eta = word(detail.eta_at);
    return eta === null ? '' : t('responder.expected', { time: shortTimeText(eta) });
  }
  if (step.startsWith('told_')) return label('channel', /by (\w+)$/.exec(reason)?.[1] ?? reason);
  if (step === 'closed') {
    const outcome = word(detail.outcome);
    const words = outcome === null ? '' : label('outcome', outcome);
    return [words, reason === outcome ? '' : reason].filter(Boolean).join(' · ');
  }
  return causeText(reason);
}

// The engine writes its reasons in one language; these are the ones that carry a name or a number.
const CAUSES: readonly (readonly [RegExp, MessageKey])[] = [
  [/^taken by (?<name>.+)$/, 'cause.takenBy'],
  [/^(?<name>.+) has set out$/, 'cause.hasSetOut'],
  [/^(?<name>.+) has arrived$/, 'cause.hasArrived'],
  [/^(?<name>.+) has accepted$/, 'cause.hasAccepted'],
  [/^(?<name>.+) has handed over$/, 'cause.hasHandedOver'],
  [/^(?<name>.+) is overdue$/, 'cause.isOverdue'],
  [/^(?<name>.+) has not set out within (?<n>\d+) s$/, 'cause.notWithin'],
  [/^(?<name>.+) has not set out$/, 'cause.notSetOut'],
  [/^nobody accepted within (?<n>\d+) s$/, 'cause.nobodyWithin'],
  [/^nobody at the door (?<n>\d+) min after the press.*$/, 'cause.breach'],
  [/^desk asks (?<name>.+) again$/, 'cause.askedAgain'],
  [/^desk asks (?<name>.+)$/, 'cause.asked'],
  [/^event (?<kind>\w+)$/, 'cause.event'],
];

/** Why something happened; what people wrote is shown as they wrote it. */
export function causeText(reason: string): string {
  if (has(`cause.${reason}`)) return label('cause', reason);
  for (const [pattern, key] of CAUSES) {
    const found = pattern.exec(reason)?.groups;
    if (found === undefined) continue;
    const values: Record<string, string> = { ...found };
    if (values.kind !== undefined) values.kind = label('kind', values.kind);
    return (t as (key: MessageKey, values: Record<string, string>) => string)(key, values);
  }
  return reason;
}

function actorText(actor: string, names: NameBook): string {
  const name = names.get(actor);
  if (name !== undefined) return name;
  if (actor.startsWith('account:')) return t('actor.account');
  if (actor.startsWith('responder:')) return t('actor.responder');
  return label('actor', actor);
}

function word(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
