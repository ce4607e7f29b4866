/** Settings as the server describes them (JSON schema): what may be typed, what was meant by it, what counts in the end (pure). */

export type SettingValue = unknown;
export type Settings = Readonly<Record<string, SettingValue>>;

export interface Field {
  name: string;
  kind: 'boolean' | 'number' | 'choice' | 'text' | 'json';
  isInteger: boolean;
  mayBeNothing: boolean;
  initial: SettingValue;
  least: number | null;
  most: number | null;
  /** Whether the bounds themselves are already too low or too high. */
  isOpenBelow: boolean;
  isOpenAbove: boolean;
  choices: readonly (string | number)[];
  about: string;
}

type Schema = Readonly<Record<string, unknown>>;
const schemaOf = (value: unknown): Schema => (typeof value === 'object' && value !== null ? (value as Schema) : {});
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** The settings that a schema describes, in its order. */
export function fieldsOf(schema: Schema): Field[] {
  return Object.entries(schemaOf(schema.properties)).map(([name, value]) => fieldOf(name, schemaOf(value)));
}

function fieldOf(name: string, said: Schema): Field {
  const options = Array.isArray(said.anyOf) ? said.anyOf.map(schemaOf) : [said];
  const main = options.find((one) => one.type !== 'null') ?? said;
  const choices = Array.isArray(main.enum) ? (main.enum as (string | number)[]) : [];
  const kind = choices.length > 0 ? 'choice' : main.type === 'boolean' ? 'boolean' : main.type === 'integer' || main.type === 'number' ? 'number' : main.type === 'string' ? 'text' : 'json';
  return {
    name,
    kind,
    isInteger: main.type === 'integer',
    mayBeNothing: options.some((one) => one.type === 'null'),
    initial: said.default,
    least: numberOf(main.minimum) ?? numberOf(main.exclusiveMinimum),
    most: numberOf(main.maximum) ?? numberOf(main.exclusiveMaximum),
    isOpenBelow: numberOf(main.exclusiveMinimum) !== null,
    isOpenAbove: numberOf(main.exclusiveMaximum) !== null,
    choices,
    about: typeof said.description === 'string' ? said.description : '',
  };
}

export type Parsed = { value: SettingValue } | { problem: 'number' | 'integer' | 'low' | 'high' | 'json' };

/** What somebody typed for a setting, or what is wrong with it. */
export function parseSetting(field: Field, text: string): Parsed {
  const said = text.trim();
  if (said === 'null' && field.mayBeNothing) return { value: null };
  if (field.kind === 'boolean') return { value: said === 'true' };
  if (field.kind === 'choice') return { value: field.choices.find((one) => String(one) === said) ?? said };
  if (field.kind === 'text') return { value: said };
  if (field.kind === 'json') {
    try {
      return { value: JSON.parse(said) as SettingValue };
    } catch {
      return { problem: 'json' };
    }
  }
  const number = Number(said);
  if (said === '' || !Number.isFinite(number)) return { problem: 'number' };
  if (field.isInteger && !Number.isInteger(number)) return { problem: 'integer' };
  if (field.least !== null && (field.isOpenBelow ? number <= field.least : number < field.least)) return { problem: 'low' };
  if (field.most !== null && (field.isOpenAbove ? number >= field.most : number > field.most)) return { problem: 'high' };
  return { value: number };
}

/** A value as it stands in a field to be typed over. */
export const draftOf = (value: SettingValue): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** Two values that mean the same, whatever they are made of. */
export const isSame = (one: SettingValue, other: SettingValue): boolean => JSON.stringify(one) === JSON.stringify(other);

export interface ScopedVersion {
  version: number;
  scope: string;
  rule: string;
  settings: Settings;
}

/** The newest version of each scope of a rule; a version without settings takes back what was laid there. */
export function inForce<Version extends ScopedVersion>(versions: readonly Version[], rule: string): Map<string, Version> {
  const found = new Map<string, Version>();
  for (const one of versions) {
    const known = found.get(one.scope);
    if (one.rule === rule && (known === undefined || one.version > known.version)) found.set(one.scope, one);
  }
  return found;
}

/** The scopes that lie around one, from the widest on: everybody, the province, … An area is a prefix; a bed lies in its own. */
export function scopesAround(scope: string, bedArea: string | null = null): string[] {
  const isArea = /^\d*$/.test(scope);
  const code = isArea ? scope : (bedArea ?? '');
  const areas = ['', ...[2, 4, 6, 9, 12].filter((digits) => digits <= code.length).map((digits) => code.slice(0, digits))];
  return areas.filter((one) => !isArea || one !== scope);
}

export interface Inherited {
  value: SettingValue;
  /** Where it was set; null for the program's own default. */
  scope: string | null;
}

/** What holds in a scope before its own settings: the defaults, and over them what wider scopes say. */
export function inherited(fields: readonly Field[], around: readonly string[], force: ReadonlyMap<string, ScopedVersion>): Map<string, Inherited> {
  const found = new Map<string, Inherited>(fields.map((one) => [one.name, { value: one.initial, scope: null }]));
  for (const scope of around) {
    for (const [name, value] of Object.entries(force.get(scope)?.settings ?? {})) found.set(name, { value, scope });
  }
  return found;
}

/** The settings that differ between two versions of a scope: name, before, after; undefined where there was none. */
export function differences(before: Settings, after: Settings): [string, SettingValue, SettingValue][] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => !isSame(before[name], after[name])).map((name) => [name, before[name], after[name]]);
}
