/** Words of the administrator's pages: a catalogue of its own, so that phones do not load it. */
import { abouts } from './settings.zh-CN';
import { zhCN } from './zh-CN';

export type WordKey = keyof typeof zhCN;

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<Key extends WordKey> = [Names<(typeof zhCN)[Key]>] extends [never] ? [] : [Record<Names<(typeof zhCN)[Key]>, string | number>];

/** The text of a key with its values put in. */
export function w<Key extends WordKey>(key: Key, ...values: Values<Key>): string {
  const known: Record<string, string | number> = values[0] ?? {};
  return zhCN[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(known[name] ?? whole));
}

export const hasWord = (key: string): key is WordKey => Object.hasOwn(zhCN, key);

/** The word for a code of the server; a code from a newer server is shown as it came. */
export function wordOf(group: string, code: string): string {
  const key = `${group}.${code}`;
  return hasWord(key) ? zhCN[key] : code;
}

/** What a setting means: in Chinese where we have said it, otherwise as the server does. */
export const aboutSetting = (name: string, about: string): string => abouts[`about.${name}`] ?? about;
