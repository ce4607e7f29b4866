import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/api/http';
import { Paged, type Page } from '../src/live/paged.svelte';

describe('a list that comes page by page', () => {
  it('grows by what comes behind, and begins anew without it', async () => {
    const asked: string[] = [];
    const list = new Paged<number>(async (after) => {
      asked.push(after);
      return after === '' ? { lines: [1, 2], next: 'b' } : { lines: [3], next: null };
    });
    await list.load();
    expect([list.all, list.next]).toEqual([[1, 2], 'b']);
    await list.load('b');
    expect([list.all, list.next]).toEqual([[1, 2, 3], null]);
    await list.load();
    expect(list.all).toEqual([1, 2]);
    expect(asked).toEqual(['', 'b', '']);
  });
  it('drops an answer that a later question has overtaken', async () => {
    const answers: ((page: Page<string>) => void)[] = [];
    const list = new Paged<string>(() => new Promise((done) => answers.push(done)));
    const early = list.load();
    const late = list.load();
    answers[1]?.({ lines: ['late'], next: null });
    await late;
    answers[0]?.({ lines: ['early'], next: 'more' });
    await early;
    expect([list.all, list.next]).toEqual([['late'], null]);
  });
  it('keeps what was there when the next question is refused, and says why until one is answered', async () => {
    let isAway = false;
    const list = new Paged<number>(() => (isAway ? Promise.reject(new ApiError(503, 'unavailable', '暂时无法连接')) : Promise.resolve({ lines: [1], next: null })));
    await list.load();
    isAway = true;
    await list.load();
    expect(list.all).toEqual([1]);
    expect(list.error).not.toBeNull();
    isAway = false;
    await list.load();
    expect(list.error).toBeNull();
  });
});
