/** The audit trail in the reader's words: who did what, about whom, and why (pure). */
import type { Entry } from '../api/types';
import { label, t } from '../messages';
import { shortTimeText, travelText } from './ages';
import { isObstacle } from './candidates';

export interface Line {
  title: string;
  actor: string;
  text: string;
  /** Something that went out, which belongs to the record but not to the story. */
  isQuiet: boolean;
}

/** Names of responders by the id of their offer or assignment. */
export type NameBook = ReadonlyMap<string, string>;

export function namesIn(timeline: readonly Entry[]): NameBook {
  const names = new Map<string, string>();
  for (const { detail } of timeline) {
    const name = word(detail.name);
    if (name === null) continue;
    for (const id of [word(detail.offer), word(detail.assignment)]) if (id !== null) names.set(id, name);
  }
  return names;
}

export function lineOf(entry: Entry, names: NameBook): Line {
  const { step, detail } = entry;
  const about = word(detail.name) ?? names.get(word(detail.offer) ?? '') ?? names.get(word(detail.assignment) ?? '') ?? null;
  const actor = actorText(entry);
  const title = label('step', step);
  return {
    title: about === null ? title : t('entry.about', { title, name: about }),
    actor: actor === about ? '' : actor,
    text: textOf(entry),
    isQuiet: step.startsWith('told_'),
  };
}

/** Why, and what came of it. */
export function textOf({ step, reason, detail }: Pick<Entry, 'step' | 'reason' | 'detail'>): string {
  switch (step) {
    case 'received': {
      const kind = /^\S+ (\w+)$/.exec(reason)?.[1];
      return kind === undefined ? reason : label('kind', kind);
    }
    case 'offered': {
      const seconds = typeof detail.travel_p50_s === 'number' ? detail.travel_p50_s : null;
      const wave = typeof detail.wave === 'number' ? t('entry.wave', { n: detail.wave }) : '';
      const likely = typeof detail.likely === 'number' ? t('entry.likely', { n: Math.round(detail.likely * 100) }) : '';
      const way = seconds === null ? '' : travelText(seconds, word(detail.basis));
      // Who is asked against an obstacle was forced by the desk.
      const forced = isObstacle(reason) ? t('dispatch.forced') : '';
      return [forced, wave, way, label('why', reason), likely].filter(Boolean).join(' · ');
    }
    case 'accepted': {
      const eta = word(detail.eta_at);
      return eta === null ? reason : t('responder.expected', { time: shortTimeText(eta) });
    }
    case 'joined': {
      const kind = /^(\w+)(?=事件并入)/.exec(reason)?.[1];
      return kind === undefined ? reason : label('kind', kind) + reason.slice(kind.length);
    }
    case 'closed':
    case 'cancelled_false': {
      const outcome = word(detail.outcome);
      const words = outcome === null ? '' : label('outcome', outcome);
      return [words, reason === outcome ? '' : label('outcome', reason)].filter(Boolean).join(' · ');
    }
    default:
      return reason;
  }
}

function actorText({ actor, detail }: Entry): string {
  const name = word(detail.by);
  if (name !== null) return name;
  return label('actor', actor.split(':', 1)[0] ?? actor);
}

function word(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
