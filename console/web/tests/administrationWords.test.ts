/** The administration's catalogues against each other: the same keys and values, every text in its own script. */
import { describe, expect, it } from 'vitest';
import { bo } from '../src/pages/administrator/words/bo';
import { en } from '../src/pages/administrator/words/en';
import { zhCN } from '../src/pages/administrator/words/zh-CN';

const HAN = /[\u4e00-\u9fff]/;
const keys = Object.keys(zhCN) as (keyof typeof zhCN)[];
const names = (text: string): string => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '').sort().join();

describe.each([
  ['en', en, /[a-z]/i],
  ['bo', bo, /[\u0f00-\u0fff]/],
] as const)('the administration in %s', (_language, words, own) => {
  it('has every text and no other', () => {
    expect(Object.keys(words).sort()).toEqual([...keys].sort());
    expect(keys.filter((key) => words[key].trim() === '')).toEqual([]);
  });

  it('puts in the same values', () => {
    expect(keys.filter((key) => names(words[key]) !== names(zhCN[key]))).toEqual([]);
  });

  it('leaves nothing in Chinese, and is written in its own letters', () => {
    // What stands in the records of an erased person is quoted as it stands there.
    const chinese = keys.filter((key) => /[\u4e00-\u9fff，。：；（）、]/.test(words[key]) && key !== 'erasure.journalText');
    expect(chinese).toEqual([]);
    expect(keys.filter((key) => HAN.test(zhCN[key]) && !own.test(words[key]))).toEqual([]);
  });
});
