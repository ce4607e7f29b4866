/** The catalogues against each other: the same values in each text, and every text in its own script. */
import { describe, expect, it } from 'vitest';
import { label, numberText, t } from '../src/messages';
import { bo } from '../src/messages/bo';
import { en } from '../src/messages/en';
import { speech } from '../src/messages/language.svelte';
import { firstLanguage } from '../src/messages/languages';
import { zhCN } from '../src/messages/zh-CN';

const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '').sort();
const keys = Object.keys(zhCN) as (keyof typeof zhCN)[];

describe.each([
  ['en', en],
  ['bo', bo],
] as const)('%s', (language, words) => {
  it('has every text and no other', () => {
    expect(Object.keys(words).sort()).toEqual([...keys].sort());
  });

  it('is empty only where the Chinese is', () => {
    expect(keys.filter((key) => (words[key].trim() === '') !== (zhCN[key] === ''))).toEqual([]);
  });

  it('puts in the same values', () => {
    expect(keys.filter((key) => names(words[key]).join() !== names(zhCN[key]).join())).toEqual([]);
  });

  it('leaves nothing in Chinese', () => {
    // The switch of languages says its name in Chinese too, for who is lost.
    const chinese = keys.filter((key) => /[\u4e00-\u9fff，。：；（）]/.test(words[key]) && key !== 'language.choose');
    expect(chinese).toEqual([]);
  });

  it('is written in its own letters', () => {
    const own = language === 'bo' ? /[\u0f00-\u0fff]/ : /[a-z]/i;
    const letters = (key: keyof typeof zhCN): boolean => /[\u4e00-\u9fff]/.test(zhCN[key]);
    expect(keys.filter((key) => letters(key) && !own.test(words[key]) && !key.startsWith('unit.'))).toEqual([]);
  });
});

describe('the language', () => {
  it('is the chosen one, then one of the browser, then Chinese', () => {
    expect(firstLanguage('bo', ['en-US'])).toBe('bo');
    expect(firstLanguage('xx', ['fr', 'en-GB', 'zh-CN'])).toBe('en');
    expect(firstLanguage(null, ['bo-CN', 'zh-CN'])).toBe('bo');
    expect(firstLanguage(null, ['zh-Hant-TW'])).toBe('zh-CN');
    expect(firstLanguage(null, ['ug', 'fr'])).toBe('zh-CN');
  });

  it('changes what is said, how numbers are written and what the page says that it is in', async () => {
    expect(t('queue.level', { n: 1950 })).toBe('升级 1,950');
    await speech.choose('en');
    expect(t('queue.level', { n: 2 })).toBe('Level 2');
    expect(label('kind', 'fall')).toBe('Possible fall');
    expect(label('kind', 'brand_new')).toBe('brand_new');
    expect(numberText(1950.5)).toBe('1,950.5');
    expect(document.documentElement.lang).toBe('en');
    expect(document.title).toBe('Care Dispatch');
    await speech.begin();
    expect(speech.language).toBe('en');
    await speech.choose('zh-CN');
    expect(t('queue.level', { n: 2 })).toBe('升级 2');
  });
});
