/** The form of a provider: what stands in its fields, and what of that is sent (pure). */
import type { ProviderToMake, RegisteredProvider } from '../api/register';
import { numberOf } from './homeForm';

type Fields = Omit<ProviderToMake, 'provider_id' | 'reason'>;
export type ProviderSkill = NonNullable<Fields['skills']>[number];
export const PROVIDER_SKILLS: readonly ProviderSkill[] = ['first_aid', 'lifting', 'nursing', 'fire_safety', 'repair'];
export const PROVIDER_KINDS: readonly Fields['kind'][] = ['station', 'mutual_aid_home', 'call_centre'];

export interface ProviderDraft {
  name: string;
  kind: Fields['kind'];
  area_code: string;
  lat: string;
  lon: string;
  phone: string;
  out_at_once: string;
  skills: ProviderSkill[];
}

export const emptyProvider = (): ProviderDraft => ({ name: '', kind: 'station', area_code: '', lat: '', lon: '', phone: '', out_at_once: '', skills: [] });

/** What the server has, as it stands in the fields. */
export const draftOfProvider = (one: RegisteredProvider): ProviderDraft => ({
  name: one.name, kind: one.kind, area_code: one.area_code, lat: String(one.lat), lon: String(one.lon), phone: one.phone ?? '', out_at_once: one.out_at_once == null ? '' : String(one.out_at_once), skills: [...(one.skills ?? [])],
});

/** Which number fields hold no number: a position is needed, whoever may be out at once is a whole number or nothing. */
export function wrongProviderNumbers(draft: ProviderDraft): ('lat' | 'lon' | 'out_at_once')[] {
  const most = numberOf(draft.out_at_once);
  const places = (['lat', 'lon'] as const).filter((name) => !Number.isFinite(numberOf(draft[name]) ?? NaN));
  return most === null || (Number.isInteger(most) && most > 0) ? places : [...places, 'out_at_once'];
}

/** What is sent of a form without wrong numbers. */
export const providerFieldsOf = (draft: ProviderDraft): Fields => ({
  name: draft.name.trim(), kind: draft.kind, area_code: draft.area_code.trim(), lat: numberOf(draft.lat) ?? 0, lon: numberOf(draft.lon) ?? 0, phone: draft.phone.trim() === '' ? null : draft.phone.trim(), out_at_once: numberOf(draft.out_at_once), skills: PROVIDER_SKILLS.filter((one) => draft.skills.includes(one)),
});

/** The place that stands in the fields; null where none does. */
export function placeOf(draft: Pick<ProviderDraft, 'lat' | 'lon'>): { lat: number; lon: number } | null {
  const lat = numberOf(draft.lat);
  const lon = numberOf(draft.lon);
  return lat === null || lon === null || !Number.isFinite(lat) || !Number.isFinite(lon) || Math.abs(lat) > 90 || Math.abs(lon) > 180 ? null : { lat, lon };
}
