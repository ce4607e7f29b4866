/** The audit log, by page, and the address of its table (I/O). */
import { searchOf } from '../core/paths';
import { http, said } from './http';
import type { components } from './schema';

export type AuditEntry = components['schemas']['AuditEntry'];
export type AuditKind = AuditEntry['kind'];

/** What is looked for; what is empty stands for all. Times are RFC 3339, `until` is not included. */
export interface AuditFilter {
  kind: AuditKind | '';
  actor: string;
  object: string;
  area: string;
  from: string | null;
  until: string | null;
}

const LIMIT = 50;
const given = (asked: AuditFilter): Record<string, string> => Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== '' && value !== null));

export const audit = {
  page: (asked: AuditFilter, cursor: string | null) => {
    const { kind, ...rest } = given(asked);
    return said(http.GET('/api/audit', { params: { query: { ...rest, ...(kind === undefined ? {} : { kind: [kind as AuditKind] }), ...(cursor === null ? {} : { cursor }), limit: LIMIT } } }));
  },
  tableAddress: (asked: AuditFilter): string => `/api/audit.csv${searchOf(given(asked))}`,
};
