/** What pages ask about copies of what is held of a person: an administrator for somebody, or people for themselves (I/O). */
import { speech } from '../messages/language.svelte';
import { http, said } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Exports = Schemas['Exports'];
export type ExportTicket = Schemas['ExportTicket'];
export type ExportProgress = Schemas['ExportProgress'];
export type PersonKind = 'resident' | 'family_member' | 'responder';

const whose = (kind: PersonKind, person_id: string) => ({ params: { path: { kind, person_id } } });

export const personExports = {
  of: (kind: PersonKind, id: string) => said(http.GET('/api/persons/{kind}/{person_id}/exports', whose(kind, id))),
  ask: (kind: PersonKind, id: string, reason: string) => said(http.POST('/api/persons/{kind}/{person_id}/exports', { ...whose(kind, id), body: { reason } })),
  own: () => said(http.GET('/api/my/exports')),
  askForOwn: () => said(http.POST('/api/my/exports')),
  progress: (ticket_id: number) => said(http.GET('/api/person-exports/{ticket_id}', { params: { path: { ticket_id } } })),
  /** Its codes have words beside them in the language of the page that asks. */
  fileOf: (ticket: ExportTicket) => `/api/person-exports/${String(ticket.id)}/archive.zip?language=${speech.language}`,
};
