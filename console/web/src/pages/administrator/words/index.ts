/** Words of the administrator's pages: a catalogue of its own, so that phones do not load it. */
import { ApiError, sentenceOf } from '../../../api/http';
import type { FieldFault } from '../../../core/faults';
import { numberText } from '../../../messages';
import { speech } from '../../../messages/language.svelte';
import { book } from './book.svelte';
import type { WordKey } from './keys';
import type { zhCN } from './zh-CN';

export type { WordKey } from './keys';

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<Key extends WordKey> = [Names<(typeof zhCN)[Key]>] extends [never] ? [] : [Record<Names<(typeof zhCN)[Key]>, string | number>];

/** The text of a key with its values put in; numbers are written as the language writes them. */
export function w<Key extends WordKey>(key: Key, ...values: Values<Key>): string {
  const known: Record<string, string | number> = values[0] ?? {};
  return book.words[key].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = known[name];
    return typeof value === 'number' ? numberText(value) : (value ?? whole);
  });
}

const hasWord = (key: string): key is WordKey => Object.hasOwn(book.words, key);

/** The word for a code of the server; a code from a newer server is shown as it came. */
export function wordOf(group: string, code: string): string {
  const key = `${group}.${code}`;
  return hasWord(key) ? book.words[key] : code;
}

/** What a setting means: where we have said it, otherwise as the server does. */
export const aboutSetting = (name: string, about: string): string => book.abouts[`about.${name}`] ?? about;

/** What a rule looks for. */
export function aboutRule(rule: { rule: string; settings: Readonly<Record<string, unknown>> }): string {
  const said = rule.settings.description;
  return book.rules[rule.rule] ?? (typeof said === 'string' ? said : '');
}

/** What a column of a file is called; relatives stand in groups with numbers. */
export function columnWord(column: string): string {
  const group = /^relative_(\d+)_(\w+)$/.exec(column);
  return group === null ? wordOf('importColumn', column) : `${w('import.relative', { n: Number(group[1]) })} ${wordOf('importRelative', group[2] ?? '')}`;
}

/** What is wrong, in the words of the page; the server's own Chinese sentence for a code from a newer server. */
export function problemSentence(problem: { code: string; message: string; facts?: Readonly<Record<string, string>> }): string {
  const key = `problem.${problem.code}`;
  return hasWord(key) ? book.words[key].replace(/\{(\w+)\}/g, (whole, name: string) => problem.facts?.[name] ?? whole) : problem.message;
}

/** What is wrong with one field: in Chinese the server's sentence, which knows more; else our words for its code. */
export const faultSentence = (fault: FieldFault): string => (speech.language === 'zh-CN' ? fault.message : problemSentence(fault));

/** A refusal of something that was filled in: in Chinese the server's sentence, which knows more; else our words for it. */
export function refusalOf(error: unknown): string {
  if (!(error instanceof ApiError) || speech.language === 'zh-CN' || !hasWord(`problem.${error.code}`)) return sentenceOf(error);
  return problemSentence({ code: error.code, message: error.message, facts: error.facts });
}
