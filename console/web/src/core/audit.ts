/** The audit log for people: which page an object has, and which details are worth a line (pure). */
import type { components } from '../api/schema';

export type AuditEntry = components['schemas']['AuditEntry'];

const PAGES: Readonly<Record<string, string>> = {
  responder: '/admin/responders/',
  provider: '/admin/providers/',
  account: '/admin/accounts/',
  rule: '/admin/rules/',
  bed: '/admin/homes/',
};
const WHOLE_PAGES: Readonly<Record<string, string>> = { road: '/admin/roads', plan: '/admin/plans' };

/** The page of what an entry is about; null where it has none. Whether somebody may open it is another question. */
export function pageOf(entry: Pick<AuditEntry, 'object_kind' | 'object_id'>): string | null {
  const below = PAGES[entry.object_kind];
  return below === undefined ? (WHOLE_PAGES[entry.object_kind] ?? null) : below + encodeURIComponent(entry.object_id);
}

/** Which group of words a deed of this kind stands in. */
export function wordsOf(kind: AuditEntry['kind']): 'step' | 'change' | 'registerChange' | 'auditDid' {
  if (kind === 'incident') return 'step';
  if (kind === 'people') return 'change';
  return kind === 'register' ? 'registerChange' : 'auditDid';
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/**
 * One line of details: `role: dispatcher → supervisor`. What names somebody comes with two empty values, of which only
 * the name is shown; what an incident's engine wrote down for itself stands on the incident's page and not here.
 */
export function detailOf(entry: Pick<AuditEntry, 'kind' | 'detail'>, time: (at: string) => string, word: (name: string) => string, said: (name: string, value: string) => string = (_name, value) => value): string {
  if (entry.kind === 'incident') return '';
  const one = (name: string, value: unknown): string => {
    if (value === null || value === '') return '—';
    if (typeof value === 'string') return TIME.test(value) ? time(value) : said(name, value);
    if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value.map((part) => said(name, part)).join('、') || '—';
    return typeof value === 'object' ? JSON.stringify(value) : said(name, String(value));
  };
  return Object.entries(entry.detail)
    .filter(([, value]) => value !== '' && value !== null)
    .map(([name, value]) => {
      const isChange = Array.isArray(value) && value.length === 2 && entry.kind === 'register';
      if (!isChange) return `${word(name)}: ${one(name, value)}`;
      return value.every((part) => part === '') ? word(name) : `${word(name)}: ${one(name, value[0])} → ${one(name, value[1])}`;
    })
    .join('；');
}

const DAY_MS = 86_400_000;

/** A chosen day (`2026-11-26`) as the first moment of it in Beijing, or of the day after it; null where there is none. */
export function dayStart(day: string, after = 0): string | null {
  const at = Date.parse(`${day}T00:00:00+08:00`);
  return Number.isNaN(at) ? null : new Date(at + after * DAY_MS).toISOString();
}
