/** Drafts of settings: the texts of a form, and the settings that they mean (pure). */
import { draftOf, parseSetting, type Field, type Settings } from '../../../core/settings';

export const draftsOf = (settings: Settings): Record<string, string> => Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, draftOf(value)]));

/** The settings of a form; null while something in it is wrong. */
export function settingsOf(fields: readonly Field[], drafts: Readonly<Record<string, string>>): Record<string, unknown> | null {
  const found: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(drafts)) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) continue;
    const parsed = parseSetting(field, text);
    if ('problem' in parsed) return null;
    found[name] = parsed.value;
  }
  return found;
}
