/** What people do and ask, by name: every call of the pages to the console's HTTP interface (I/O). */
import type { FeatureCollection } from 'geojson';
import { http, patiently, said } from './http';
import type { Finding, IncidentKind, OutcomeCode, Time } from './types';

export { ApiError, onServerDate, sentenceOf } from './http';

/** What a responder does; with the token of a message's link it works without signing in. */
export function responderApi(token: string | null) {
  const query = token === null ? {} : { token };
  const offer = (offer_id: string) => ({ params: { path: { offer_id }, query } });
  const assignment = (assignment_id: string) => ({ params: { path: { assignment_id }, query } });
  return {
    mine: () => said(http.GET('/api/my/offers', { params: { query } })),
    setDuty: (on_duty: boolean) => said(http.POST('/api/my/duty', { params: { query }, body: { on_duty } })),
    accept: (id: string) => said(http.POST('/api/offers/{offer_id}/accept', offer(id))),
    decline: (id: string, reason: string) => said(http.POST('/api/offers/{offer_id}/decline', { ...offer(id), body: { reason } })),
    moving: (id: string) => said(http.POST('/api/assignments/{assignment_id}/moving', assignment(id))),
    arrived: (id: string) => said(http.POST('/api/assignments/{assignment_id}/arrived', assignment(id))),
    handOver: (id: string, note: string) =>
      said(http.POST('/api/assignments/{assignment_id}/handover', { ...assignment(id), body: { note } })),
  };
}

const incident = (incident_id: string) => ({ params: { path: { incident_id } } });
const bed = (bed_id: string) => ({ params: { path: { bed_id } } });

export const api = {
  signIn: (login: string, password: string, code = '') =>
    said(http.POST('/api/session', { body: { login, password, code } })),
  signOut: () => said(http.DELETE('/api/session')),
  me: () => said(http.GET('/api/me')),

  incident: (id: string) => said(http.GET('/api/incidents/{incident_id}', incident(id))),
  unacknowledge: (id: string) => said(http.POST('/api/incidents/{incident_id}/unacknowledge', incident(id))),
  acknowledge: (id: string) => said(http.POST('/api/incidents/{incident_id}/acknowledge', incident(id))),
  dispatch: (id: string, responder_id: string, reason: string) =>
    said(http.POST('/api/incidents/{incident_id}/dispatch', { ...incident(id), body: { responder_id, reason } })),
  assign: (id: string, responder_id: string, reason: string) =>
    said(http.POST('/api/incidents/{incident_id}/assign', { ...incident(id), body: { responder_id, reason } })),
  verify: (id: string, verification: Finding, note: string) =>
    said(http.POST('/api/incidents/{incident_id}/verify', { ...incident(id), body: { verification, note } })),
  merge: (id: string, into: string, reason: string) =>
    said(http.POST('/api/incidents/{incident_id}/merge', { ...incident(id), body: { into, reason } })),
  escalate: (id: string, reason: string) =>
    said(http.POST('/api/incidents/{incident_id}/escalate', { ...incident(id), body: { reason } })),
  note: (id: string, text: string) => said(http.POST('/api/incidents/{incident_id}/note', { ...incident(id), body: { text } })),
  close: (id: string, outcome_code: OutcomeCode, note: string) =>
    said(http.POST('/api/incidents/{incident_id}/close', { ...incident(id), body: { outcome_code, note } })),

  beds: () => said(http.GET('/api/beds')),
  bed: (id: string) => said(http.GET('/api/beds/{bed_id}', bed(id))),
  bedHome: (id: string) => said(http.GET('/api/beds/{bed_id}/home', bed(id))),
  bedAlarms: (id: string) => said(http.GET('/api/beds/{bed_id}/alarms', bed(id))),
  shelve: (id: string, kind: IncidentKind, minutes: number, reason: string) =>
    said(http.POST('/api/beds/{bed_id}/shelves', { ...bed(id), body: { kind, minutes, reason } })),
  unshelve: (bed_id: string, kind: IncidentKind) =>
    said(http.DELETE('/api/beds/{bed_id}/shelves/{kind}', { params: { path: { bed_id, kind } } })),
  shift: () => said(http.GET('/api/shift')),
  beginShift: (heard: boolean) => said(http.POST('/api/shift', { body: { heard } })),
  handovers: () => said(http.GET('/api/handovers')),
  handoverDraft: () => said(http.GET('/api/handovers/draft')),
  handover: (handover_id: number) => said(http.GET('/api/handovers/{handover_id}', { params: { path: { handover_id } } })),
  writeHandover: (notes: string) => said(http.POST('/api/handovers', { body: { notes } })),
  takeHandover: (handover_id: number) => said(http.POST('/api/handovers/{handover_id}/take', { params: { path: { handover_id } } })),
  responders: () => said(http.GET('/api/responders')),

  map: () => said(http.GET('/api/map')),
  stations: () => said(http.GET('/api/providers')),
  closures: () => said(http.GET('/api/roads/closures')),
  /** Outlines are GeoJSON, which the description of the interface does not spell out. */
  isochrones: async (bed_id: string) => (await said(http.GET('/api/coverage/isochrones', { params: { query: { bed: bed_id } }, fetch: patiently }))) as unknown as FeatureCollection,
  limits: (id: string) => said(http.GET('/api/beds/{bed_id}/limits', bed(id))),
  pastIncidents: (id: string) => said(http.GET('/api/beds/{bed_id}/incidents', bed(id))),
  history: (bed_id: string, metric: readonly string[], from: Time, until: Time, points: number) =>
    said(http.GET('/api/beds/{bed_id}/history', { params: { path: { bed_id }, query: { metric: [...metric], from, until, points } } })),

  family: () => said(http.GET('/api/family')),
  quarantine: () => said(http.GET('/api/quarantine')),
  health: () => said(http.GET('/healthz')),
};
