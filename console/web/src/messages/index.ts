/** Every text a person sees comes from here, by typed key, in the language of the page. */
import { speech } from './language.svelte';
import { localesOf, type Language } from './languages';
import { zhCN } from './zh-CN';

export type MessageKey = keyof typeof zhCN;

/** The names in braces of a message. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<Key extends MessageKey> = [Names<(typeof zhCN)[Key]>] extends [never]
  ? []
  : [Record<Names<(typeof zhCN)[Key]>, string | number>];

/** The message of a key with its values put in; numbers are written as the language writes them. */
export function t<Key extends MessageKey>(key: Key, ...values: Values<Key>): string {
  const known: Record<string, string | number> = values[0] ?? {};
  return speech.words[key].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = known[name];
    return typeof value === 'number' ? numberText(value) : (value ?? whole);
  });
}

export function has(key: string): key is MessageKey {
  return Object.hasOwn(zhCN, key);
}

/** The word for a value that the server names; a value from a newer server is shown as it came. */
export function label(group: string, value: string): string {
  const key = `${group}.${value}`;
  return has(key) ? speech.words[key] : value;
}

const numbers = new Map<Language, Intl.NumberFormat>();

/** A number as the language of the page writes it: 1,950. */
export function numberText(value: number): string {
  const { language } = speech;
  let format = numbers.get(language);
  if (format === undefined) {
    format = new Intl.NumberFormat(localesOf(language));
    numbers.set(language, format);
  }
  return format.format(value);
}
