/** The administrator's words in the language of the page; others than the Chinese are fetched when wanted (I/O). */
import type { Language } from '../../../messages/languages';
import type { WordKey } from './keys';
import { abouts, ruleAbouts } from './settings.zh-CN';
import { zhCN } from './zh-CN';

const load: Record<Language, () => Promise<Readonly<Record<WordKey, string>>>> = {
  'zh-CN': () => Promise.resolve(zhCN),
  en: async () => (await import('./en')).en,
  bo: async () => (await import('./bo')).bo,
};

class Book {
  words = $state.raw<Readonly<Record<WordKey, string>>>(zhCN);
  /** What settings and rules mean, where we say it ourselves; in other languages the server's own words stand. */
  abouts = $state.raw<Readonly<Record<string, string>>>(abouts);
  rules = $state.raw<Readonly<Record<string, string>>>(ruleAbouts);
  #wanted: Language = 'zh-CN';

  async speak(language: Language): Promise<void> {
    this.#wanted = language;
    try {
      const words = await load[language]();
      if (this.#wanted !== language) return; // chosen anew meanwhile
      this.words = words;
      [this.abouts, this.rules] = language === 'en' ? [{}, {}] : [abouts, ruleAbouts];
    } catch {
      // The words that are there stay: a page in another language is better than none.
    }
  }
}

export const book = new Book();
