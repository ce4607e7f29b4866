/** The way to the console's HTTP interface: one request, its errors as Chinese sentences, safe to repeat. */
import { has, t } from '../messages';
import { newKey } from '../core/key';
import type {
  Bed,
  BedAlarms,
  BedDetail,
  FamilyView,
  Finding,
  Health,
  Incident,
  IncidentDetail,
  IncidentKind,
  Me,
  MyOffers,
  OutcomeCode,
  QuarantineView,
  Responder,
} from './types';

/** What the server, or the way to it, said no with; `message` is meant for the person at the screen. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get isConflict(): boolean {
    return this.status === 409;
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

type Method = 'GET' | 'POST' | 'DELETE';

/** Called with the server's clock of every answer, so that pages without a stream count down correctly too. */
export const onServerDate: { listener: ((serverMs: number) => void) | null } = { listener: null };

const RETRY_AFTER_MS = [400, 1500];
const TIMEOUT_MS = 15_000;

/** Make one request. A command is repeated with its own key when the line breaks, so it happens at most once. */
async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') {
    headers['X-CareCircle'] = '1';
    headers['Idempotency-Key'] = newKey();
  }
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once<T>(method, path, headers, body);
    } catch (error) {
      const pause = RETRY_AFTER_MS[attempt];
      if (!(error instanceof ApiError) || error.status !== 0 || pause === undefined) throw error;
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
}

async function once<T>(method: Method, path: string, headers: Record<string, string>, body: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'unreachable', t('error.unreachable'));
  }
  const date = Date.parse(response.headers.get('Date') ?? '');
  if (!Number.isNaN(date)) onServerDate.listener?.(date);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  throw await readError(response);
}

async function readError(response: Response): Promise<ApiError> {
  const fallback = `error.${response.status}`;
  let code = fallback;
  let message: string = has(fallback) ? t(fallback as 'error.401') : t('error.other', { status: response.status });
  try {
    const said = ((await response.json()) as { error?: { code?: string; message?: string } }).error;
    if (said?.code) code = said.code;
    if (said?.message) message = said.message;
  } catch {
    // An answer of a proxy in between is not ours to read; the sentence for its status stands.
  }
  return new ApiError(response.status, code, message);
}

const path = (strings: TemplateStringsArray, ...ids: string[]): string =>
  String.raw({ raw: strings }, ...ids.map(encodeURIComponent));

type Changed = { incident: Incident };

/** What a responder does; with the token of a message's link it works without signing in. */
export function responderApi(token: string | null) {
  const withToken = (address: string): string => (token === null ? address : `${address}?token=${encodeURIComponent(token)}`);
  const post = (address: string, said?: unknown): Promise<MyOffers> => call<MyOffers>('POST', withToken(address), said);
  return {
    mine: () => call<MyOffers>('GET', withToken('/api/my/offers')),
    setDuty: (on_duty: boolean) => post('/api/my/duty', { on_duty }),
    accept: (offer: string) => post(path`/api/offers/${offer}/accept`),
    decline: (offer: string, reason: string) => post(path`/api/offers/${offer}/decline`, { reason }),
    moving: (assignment: string) => post(path`/api/assignments/${assignment}/moving`),
    arrived: (assignment: string) => post(path`/api/assignments/${assignment}/arrived`),
    handOver: (assignment: string, note: string) => post(path`/api/assignments/${assignment}/handover`, { note }),
  };
}

export const api = {
  signIn: (login: string, password: string) => call<Me>('POST', '/api/session', { login, password }),
  signOut: () => call<void>('DELETE', '/api/session'),
  me: () => call<Me>('GET', '/api/me'),

  incident: (id: string) => call<IncidentDetail>('GET', path`/api/incidents/${id}`),
  acknowledge: (id: string) => call<Changed>('POST', path`/api/incidents/${id}/acknowledge`),
  dispatch: (id: string, responder_id: string, reason: string) =>
    call<Changed>('POST', path`/api/incidents/${id}/dispatch`, { responder_id, reason }),
  assign: (id: string, responder_id: string, reason: string) =>
    call<Changed>('POST', path`/api/incidents/${id}/assign`, { responder_id, reason }),
  verify: (id: string, verification: Finding, note: string) =>
    call<Changed>('POST', path`/api/incidents/${id}/verify`, { verification, note }),
  merge: (id: string, into: string, reason: string) => call<Changed>('POST', path`/api/incidents/${id}/merge`, { into, reason }),
  escalate: (id: string, reason: string) => call<Changed>('POST', path`/api/incidents/${id}/escalate`, { reason }),
  note: (id: string, text: string) => call<Changed>('POST', path`/api/incidents/${id}/note`, { text }),
  close: (id: string, outcome_code: OutcomeCode, note: string) =>
    call<Changed>('POST', path`/api/incidents/${id}/close`, { outcome_code, note }),

  beds: () => call<Bed[]>('GET', '/api/beds'),
  bed: (id: string) => call<BedDetail>('GET', path`/api/beds/${id}`),
  bedAlarms: (id: string) => call<BedAlarms>('GET', path`/api/beds/${id}/alarms`),
  shelve: (id: string, kind: IncidentKind, minutes: number, reason: string) =>
    call<BedAlarms>('POST', path`/api/beds/${id}/shelves`, { kind, minutes, reason }),
  unshelve: (id: string, kind: IncidentKind) => call<BedAlarms>('DELETE', path`/api/beds/${id}/shelves/${kind}`),
  responders: () => call<Responder[]>('GET', '/api/responders'),

  family: () => call<FamilyView[]>('GET', '/api/family'),
  quarantine: () => call<QuarantineView>('GET', '/api/quarantine'),
  health: () => call<Health>('GET', '/healthz'),
};

/** The sentence of whatever went wrong. */
export function sentenceOf(error: unknown): string {
  return error instanceof ApiError ? error.message : t('error.unexpected');
}
