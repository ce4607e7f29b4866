import { describe, expect, it } from 'vitest';
import { BEGINS_WITHIN_MS, shareOf, stageOf, titleOf } from '../src/core/personExport';

describe('a copy of a person’s data on its way', () => {
  it('comes until it is whole or broken', () => {
    expect(stageOf({ state: 'waiting' }, 0)).toBe('coming');
    expect(stageOf({ state: 'running' }, 10 * BEGINS_WITHIN_MS)).toBe('coming');
    expect(stageOf({ state: 'done' }, 0)).toBe('done');
    expect(stageOf({ state: 'broken' }, 0)).toBe('broken');
  });
  it('is said not to come where the browser never began', () => {
    expect(stageOf({ state: 'waiting' }, BEGINS_WITHIN_MS + 1)).toBe('broken');
  });
  it('counts tables that are whole', () => {
    expect(shareOf({ number: 0, of: 0 })).toBe(0);
    expect(shareOf({ number: 1, of: 4 })).toBe(0);
    expect(shareOf({ number: 4, of: 4 })).toBe(0.75);
  });
  it('is named in Chinese where there are no words in the page’s language', () => {
    const titles = { title_zh: '生命体征', title_en: 'vital signs' };
    expect(['zh-CN', 'en', 'bo'].map((one) => titleOf(titles, one as 'zh-CN'))).toEqual(['生命体征', 'vital signs', '生命体征']);
  });
});
