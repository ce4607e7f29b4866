/** Every text a person sees comes from here, by typed key. Another language is another record with the same keys. */
import { zhCN } from './zh-CN';

export type MessageKey = keyof typeof zhCN;

/** The names in braces of a message. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<Key extends MessageKey> = [Names<(typeof zhCN)[Key]>] extends [never]
  ? []
  : [Record<Names<(typeof zhCN)[Key]>, string | number>];

/** The message of a key with its values put in. */
export function t<Key extends MessageKey>(key: Key, ...values: Values<Key>): string {
  const known: Record<string, string | number> = values[0] ?? {};
  return zhCN[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(known[name] ?? whole));
}

export function has(key: string): key is MessageKey {
  return Object.hasOwn(zhCN, key);
}

/** The word for a value that the server names; a value from a newer server is shown as it came. */
export function label(group: string, value: string): string {
  const key = `${group}.${value}`;
  return has(key) ? zhCN[key] : value;
}
