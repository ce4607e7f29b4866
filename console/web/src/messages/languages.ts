/** The languages of the pages, and which one somebody gets who has not chosen (pure). */

export const LANGUAGES = ['zh-CN', 'en', 'bo'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each language by its own name, so that who cannot read the page still finds theirs. */
export const LANGUAGE_NAMES: Record<Language, string> = { 'zh-CN': '中文', en: 'English', bo: 'བོད་ཡིག' };

export function isLanguage(text: string | null): text is Language {
  return text !== null && (LANGUAGES as readonly string[]).includes(text);
}

/** The language chosen before; otherwise the first of the browser's that there is; otherwise Chinese. */
export function firstLanguage(chosen: string | null, preferred: readonly string[]): Language {
  if (isLanguage(chosen)) return chosen;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    const found = LANGUAGES.find((one) => one.split('-')[0] === primary);
    if (found !== undefined) return found;
  }
  return 'zh-CN';
}

/** For `Intl`: browsers that know no Tibetan format as in Chinese. */
export function localesOf(language: Language): string[] {
  return language === 'zh-CN' ? ['zh-CN'] : [language, 'zh-CN'];
}
