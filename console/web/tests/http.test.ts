/** The way to the server against one that misbehaves: broken lines, refusals, answers of a proxy. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, ApiError, onServerDate, responderApi, sentenceOf } from '../src/api/client';
import { speech } from '../src/messages/language.svelte';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': typeof body === 'string' ? 'text/html' : 'application/json', ...headers },
  });

let asked: Request[] = [];
let answers: (() => Promise<Response>)[] = [];

beforeEach(() => {
  asked = [];
  answers = [];
  vi.useFakeTimers();
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request);
    const next = answers.shift();
    if (next === undefined) throw new TypeError('Failed to fetch');
    return next();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The outcome of a call while its pauses pass at once. */
async function outcome<Content>(call: Promise<Content>): Promise<Content | ApiError> {
  const ended = call.catch((error: unknown) => error as ApiError);
  await vi.runAllTimersAsync();
  return ended;
}

describe('a command', () => {
  it('is repeated with its own key when the line breaks, and says whose it is', async () => {
    answers = [() => Promise.reject(new TypeError('broken')), async () => answer(200, { incident: { id: 'i' } })];
    expect(await outcome(api.note('i 1', '看过了'))).toEqual({ incident: { id: 'i' } });
    const [first, second] = asked;
    expect(asked).toHaveLength(2);
    expect(new URL(first?.url ?? '').pathname).toBe('/api/incidents/i%201/note');
    expect(first?.headers.get('Idempotency-Key')).toMatch(/^\S{16,}$/);
    expect(second?.headers.get('Idempotency-Key')).toBe(first?.headers.get('Idempotency-Key'));
    expect(second?.headers.get('X-CareCircle')).toBe('1');
    expect(second?.headers.get('Accept-Language')).toBe('zh-CN');
    expect(await second?.json()).toEqual({ text: '看过了' });
  });

  it('has another key the next time', async () => {
    answers = [async () => answer(200, {}), async () => answer(200, {})];
    await outcome(api.acknowledge('i'));
    await outcome(api.acknowledge('i'));
    expect(asked[0]?.headers.get('Idempotency-Key')).not.toBe(asked[1]?.headers.get('Idempotency-Key'));
  });

  it('gives up after three broken lines and says so', async () => {
    const refused = await outcome(api.acknowledge('i'));
    expect(asked).toHaveLength(3);
    expect(sentenceOf(refused)).toBe('连不上服务器，请检查网络后重试。');
    expect(refused).toMatchObject({ status: 0, code: 'unreachable' });
  });

  it('is not repeated when the server has answered, and says what it said', async () => {
    answers = [async () => answer(409, { error: { code: 'conflict', message: '王敏已先确认' } })];
    const refused = await outcome(api.acknowledge('i'));
    expect(asked).toHaveLength(1);
    expect(refused).toMatchObject({ status: 409, code: 'conflict', message: '王敏已先确认', isConflict: true });
  });
});

describe('a refusal', () => {
  const taken = (code: string) => ({ error: { code, message: '王敏已于 08:02 接手', facts: { name: '王敏', at: '2026-11-23T08:02:00Z' } } });

  it('is told in the language of the page where its code has words', async () => {
    await speech.speak('en');
    answers = [async () => answer(409, taken('taken_over')), async () => answer(409, taken('brand_new'))];
    expect(sentenceOf(await outcome(api.acknowledge('i')))).toBe('王敏 was first to take it.');
    expect(sentenceOf(await outcome(api.acknowledge('i')))).toBe('Things have changed meanwhile. Please look at the latest state.');
    await speech.speak('zh-CN');
  });
});

describe('an answer', () => {
  it('of a proxy becomes the sentence of its status', async () => {
    answers = [async () => answer(502, '<h1>Bad Gateway</h1>'), async () => answer(418, '')];
    expect(sentenceOf(await outcome(api.beds()))).toBe('服务器暂时不可用，请稍后再试。');
    expect(sentenceOf(await outcome(api.beds()))).toBe('操作没有成功（418），请重试。');
  });

  it('without content is none, and tells the server’s time', async () => {
    const heard = vi.fn();
    onServerDate.listener = heard;
    answers = [async () => answer(204, null, { Date: 'Thu, 26 Nov 2026 08:00:00 GMT' })];
    expect(await outcome(api.signOut())).toBeUndefined();
    expect(heard).toHaveBeenCalledWith(Date.parse('2026-11-26T08:00:00Z'));
    onServerDate.listener = null;
  });

  it('is asked for with the token of a link where there is one', async () => {
    answers = [async () => answer(200, {}), async () => answer(200, {})];
    await outcome(responderApi('a.b/c').decline('o1', 'busy'));
    await outcome(responderApi(null).mine());
    expect(asked.map((one) => new URL(one.url).search)).toEqual(['?token=a.b%2Fc', '']);
  });
});
