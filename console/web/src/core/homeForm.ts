/** The form of a bed at home: what stands in its fields, and what of that is sent (pure). */
import type { HomeToMake, RegisteredHome } from '../api/register';

type Fields = Omit<HomeToMake, 'bed_id' | 'reason'>;
type Way = { id: number | null; channel: NonNullable<NonNullable<NonNullable<Fields['relatives']>[number]['ways']>[number]>['channel']; address: string };

export interface RelativeDraft {
  id: string | null;
  name: string;
  relation: string;
  phone: string;
  ways: Way[];
}

export interface HomeDraft {
  division_code: string;
  address: string;
  circle: Fields['circle'];
  terrain: Fields['terrain'];
  altitude_m: string;
  provider_id: string;
  lat: string;
  lon: string;
  resident_name: string;
  birth_year: string;
  phone: string;
  key_safe: string;
  hazards: string;
  frailty: NonNullable<Fields['frailty']>;
  relatives: RelativeDraft[];
}

export const emptyHome = (): HomeDraft => ({
  division_code: '', address: '', circle: 'urban', terrain: 'city', altitude_m: '', provider_id: '', lat: '', lon: '', resident_name: '', birth_year: '', phone: '', key_safe: '', hazards: '', frailty: 'unknown', relatives: [],
});

const text = (value: string | number | null): string => (value === null ? '' : String(value));

/** What the server has, as it stands in the fields. */
export function draftOfHome(home: RegisteredHome): HomeDraft {
  return {
    division_code: home.division_code, address: home.address, circle: home.circle, terrain: home.terrain, frailty: home.frailty, resident_name: home.resident_name,
    altitude_m: text(home.altitude_m), provider_id: text(home.provider_id), lat: text(home.lat), lon: text(home.lon), birth_year: text(home.birth_year), phone: text(home.phone), key_safe: text(home.key_safe), hazards: text(home.hazards),
    relatives: home.relatives.map((one) => ({ id: one.id, name: one.name, relation: one.relation, phone: text(one.phone), ways: one.ways.map(({ id, channel, address }) => ({ id, channel, address })) })),
  };
}

const orNull = (value: string): string | null => (value.trim() === '' ? null : value.trim());

/** A number as people write it; null for nothing, NaN for what is none. */
export const numberOf = (value: string): number | null => (value.trim() === '' ? null : Number(value.trim().replace('，', '.').replace(',', '.')));

/** Which number fields hold no number; the server looks at everything else. */
export function wrongNumbers(draft: HomeDraft): ('lat' | 'lon' | 'altitude_m' | 'birth_year')[] {
  const isWhole = (value: number | null): boolean => value === null || Number.isInteger(value);
  const wrong = (['lat', 'lon'] as const).filter((name) => Number.isNaN(numberOf(draft[name])));
  const whole = (['altitude_m', 'birth_year'] as const).filter((name) => !isWhole(numberOf(draft[name])) || (name === 'altitude_m' && numberOf(draft[name]) === null));
  return [...wrong, ...whole];
}

/** The relatives that are sent: those without any word in them are left out. */
export const saidRelatives = (draft: Pick<HomeDraft, 'relatives'>): RelativeDraft[] => draft.relatives.filter((one) => one.id !== null || [one.name, one.relation, one.phone].some((word) => word.trim() !== ''));

/** The ways of a relative that are sent: those without an address are left out. */
export const saidWays = (one: Pick<RelativeDraft, 'ways'>): Way[] => one.ways.filter((way) => way.address.trim() !== '');

/** What is sent of a form without wrong numbers. */
export function fieldsOf(draft: HomeDraft): Fields {
  const said = saidRelatives(draft);
  return {
    division_code: draft.division_code.trim(), address: draft.address.trim(), circle: draft.circle, terrain: draft.terrain, frailty: draft.frailty, resident_name: draft.resident_name.trim(),
    altitude_m: numberOf(draft.altitude_m) ?? 0, lat: numberOf(draft.lat), lon: numberOf(draft.lon), birth_year: numberOf(draft.birth_year),
    provider_id: orNull(draft.provider_id), phone: orNull(draft.phone), key_safe: orNull(draft.key_safe), hazards: orNull(draft.hazards),
    relatives: said.map((one) => ({ id: one.id, name: one.name.trim(), relation: one.relation.trim(), phone: orNull(one.phone), ways: saidWays(one) })),
  };
}

/** The same list with one entry a place further up; the first stays where it is. */
export function movedUp<Item>(items: readonly Item[], at: number): Item[] {
  const item = items[at];
  if (item === undefined || at === 0) return [...items];
  return [...items.slice(0, at - 1), item, ...items.slice(at - 1, at), ...items.slice(at + 1)];
}
