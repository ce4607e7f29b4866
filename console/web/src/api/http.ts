/** The way to the console's HTTP interface: typed by its description, safe to repeat, refusals as sentences (I/O). */
import createClient from 'openapi-fetch';
import type { FieldFault } from '../core/faults';
import { newKey } from '../core/key';
import { has, label, t } from '../messages';
import { speech } from '../messages/language.svelte';
import type { components, paths } from './schema';

/** What the server, or the way to it, said no with; `message` is meant for the person at the screen. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What goes into a sentence of our own. */
    readonly facts: Readonly<Record<string, string>> = {},
    /** What is wrong with which fields of a form. */
    readonly faults: readonly FieldFault[] = [],
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

/** Called with the server's clock of every answer, so that pages without a stream count down correctly too. */
export const onServerDate: { listener: ((serverMs: number) => void) | null } = { listener: null };

const RETRY_AFTER_MS = [400, 1500];
const TIMEOUT_MS = 15_000;
// What a process of its own computes; its first answer includes its start and the reading of the roads.
const PATIENT_MS = 75_000;

/** Make one request. A command is repeated with its own key when the line breaks, so it happens at most once. */
const send = (request: Request): Promise<Response> => sendWithin(request, TIMEOUT_MS, RETRY_AFTER_MS);

/** For what takes long to compute: one request that is waited for, as giving up would end the computation too. */
export const patiently = (request: Request): Promise<Response> => sendWithin(request, PATIENT_MS, []);

async function sendWithin(request: Request, timeoutMs: number, retryAfterMs: readonly number[]): Promise<Response> {
  request.headers.set('Accept-Language', speech.language);
  if (request.method !== 'GET') {
    request.headers.set('X-CareCircle', '1');
    request.headers.set('Idempotency-Key', newKey());
  }
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(request.clone(), { signal: AbortSignal.timeout(timeoutMs) });
      const date = Date.parse(response.headers.get('Date') ?? '');
      if (!Number.isNaN(date)) onServerDate.listener?.(date);
      return response;
    } catch {
      const pause = retryAfterMs[attempt];
      if (pause === undefined) throw new ApiError(0, 'unreachable', t('error.unreachable'));
      await new Promise((resume) => setTimeout(resume, pause));
    }
  }
}

/** Every route of the interface, by its path; wrap its answer into `said`. */
export const http = createClient<paths>({
  baseUrl: location.origin,
  credentials: 'same-origin',
  cache: 'no-store',
  fetch: send,
});

/** What a route answers with: its content, or a refusal. */
interface Answer<Content> {
  data?: Content;
  error?: unknown;
  response: Response;
}

/** The content of an answer; rejects with `ApiError` where the server refused. */
export async function said<Content>(asked: Promise<Answer<Content>>): Promise<Exclude<Content, undefined>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw refusal(response, error);
  // An answer without a body (204) has no content, and its type says so.
  return data as Exclude<Content, undefined>;
}

function refusal(response: Response, body: unknown): ApiError {
  const byStatus = `error.${response.status}`;
  const sentence = has(byStatus) ? t(byStatus as 'error.401') : t('error.other', { status: response.status });
  // An answer of a proxy in between is not ours to read; the sentence for its status stands.
  if (!isFailure(body)) return new ApiError(response.status, byStatus, sentence);
  const { code, message, facts = {}, faults = [] } = body.error;
  const said = inWords(code, message, facts) ?? sentence;
  // A refusal that names one field and no list of them is about that field.
  const one = facts.field === undefined || faults.length > 0 ? faults : [{ field: facts.field, code, message: said, facts }];
  return new ApiError(response.status, code, said, facts, one);
}

/** A refusal in the language of the page. The server's own sentence is Chinese, and knows more than the code. */
function inWords(code: string, message: string, facts: Record<string, string> | undefined): string | null {
  if (speech.language === 'zh-CN' || !/[\u4e00-\u9fff]/.test(message)) return message || null;
  if (!has(`refused.${code}`)) return null;
  return label('refused', code).replace(/\{(\w+)\}/g, (whole, name: string) => facts?.[name] ?? whole);
}

function isFailure(body: unknown): body is components['schemas']['Failure'] {
  const problem = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  return typeof problem === 'object' && problem !== null && 'code' in problem && 'message' in problem;
}

/** The sentence of whatever went wrong. */
export function sentenceOf(error: unknown): string {
  return error instanceof ApiError ? error.message : t('error.unexpected');
}
