/** What a resident may agree to, and what counts now of what is in the ledger (pure). */
import type { ConsentEntry } from '../api/register';

export type ResidentPurpose = 'care_service' | 'health_monitoring' | 'photos' | 'messages' | 'family_told' | 'family_vitals';

/** One thing to agree to; `about` is the relative's id, '' where it is about nobody else. `now` is null where nobody ever said. */
export interface ConsentLine {
  purpose: ResidentPurpose;
  about: string;
  aboutName: string;
  now: ConsentEntry | null;
}

const OF_RESIDENT: readonly ResidentPurpose[] = ['care_service', 'health_monitoring', 'photos', 'messages'];
const OF_RELATIVE: readonly ResidentPurpose[] = ['family_told', 'family_vitals'];

/** Every consent of a resident, those that are about relatives behind the others, relative by relative. */
export function consentLines(entries: readonly ConsentEntry[], relatives: readonly { id: string; name: string }[]): ConsentLine[] {
  const line = (purpose: ResidentPurpose, about: string, aboutName: string): ConsentLine => ({
    purpose,
    about,
    aboutName,
    now: entries.find((one) => one.is_current && one.purpose === purpose && one.about === about) ?? null,
  });
  return [
    ...OF_RESIDENT.map((purpose) => line(purpose, '', '')),
    ...relatives.flatMap((relative) => OF_RELATIVE.map((purpose) => line(purpose, relative.id, relative.name))),
  ];
}
