/** The language of this browser: kept from visit to visit; other catalogues than the Chinese are fetched when wanted (I/O). */
import type { MessageKey } from './index';
import { firstLanguage, type Language } from './languages';
import { zhCN } from './zh-CN';

export type Catalogue = Record<MessageKey, string>;

const KEPT_AS = 'carecircle.language';

const load: Record<Language, () => Promise<Catalogue>> = {
  'zh-CN': () => Promise.resolve(zhCN),
  en: async () => (await import('./en')).en,
  bo: async () => (await import('./bo')).bo,
};

class Speech {
  /** What the page is in now. */
  language = $state.raw<Language>('zh-CN');
  words = $state.raw<Catalogue>(zhCN);
  #wanted: Language = 'zh-CN';

  /** Put the page into a language, without a reload; rejects, and leaves it as it was, where the texts cannot be fetched. */
  async speak(language: Language): Promise<void> {
    this.#wanted = language;
    const words = await load[language]();
    if (this.#wanted !== language) return; // chosen anew meanwhile
    this.words = words;
    this.language = language;
    document.documentElement.lang = language;
    document.title = words['app.name'];
  }

  /** The same, and remember it for the next visit. */
  async choose(language: Language): Promise<void> {
    await this.speak(language);
    try {
      localStorage.setItem(KEPT_AS, language);
    } catch {
      // A browser that keeps nothing asks its own languages again next time.
    }
  }

  /** Before the page is shown: the language of the last visit or of the browser; Chinese where it cannot be fetched. */
  async begin(): Promise<void> {
    let kept: string | null = null;
    try {
      kept = localStorage.getItem(KEPT_AS);
    } catch {
      // As above.
    }
    await this.speak(firstLanguage(kept, navigator.languages)).catch(() => this.speak('zh-CN'));
  }
}

export const speech = new Speech();
