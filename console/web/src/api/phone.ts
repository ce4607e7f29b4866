/** The way of the phones' steps to the server: one try each, under a key of their own; what came of it is a value (I/O). */
import { has, t } from '../messages';

export interface Outcome {
  /** 0 where no answer came. */
  status: number;
  /** What the server said no with, for the person. */
  message: string;
  said: unknown;
}

const TIMEOUT_MS = 12_000;
const PICTURE_TIMEOUT_MS = 60_000;

/** Make one try. A picture goes as it is, everything else as JSON. */
export async function tryOnce(method: string, path: string, body: unknown, key: string): Promise<Outcome> {
  const isPicture = body instanceof Blob;
  const headers: Record<string, string> = { Accept: 'application/json', 'X-CareCircle': '1', 'Idempotency-Key': key };
  if (isPicture) headers['Content-Type'] = 'image/jpeg';
  else if (body !== null) headers['Content-Type'] = 'application/json';
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(isPicture ? PICTURE_TIMEOUT_MS : TIMEOUT_MS),
      ...(body === null ? {} : { body: isPicture ? body : JSON.stringify(body) }),
    });
  } catch {
    return { status: 0, message: t('error.unreachable'), said: null };
  }
  const said: unknown = await answer.json().catch(() => null);
  if (answer.ok) return { status: answer.status, message: '', said };
  const message = (said as { error?: { message?: string } } | null)?.error?.message;
  const word = `error.${answer.status}`;
  return { status: answer.status, message: message ?? (has(word) ? t(word as 'error.401') : t('error.other', { status: answer.status })), said: null };
}

/** Read or change something of one's own at once, or throw a sentence. */
export async function ask<T>(method: string, path: string, body: unknown = null): Promise<T> {
  const outcome = await tryOnce(method, path, body, crypto.getRandomValues(new Uint32Array(4)).join('-'));
  if (outcome.status < 200 || outcome.status >= 300) throw new Error(outcome.message);
  return outcome.said as T;
}
