/** Whom the desk calls about a bed, in the order in which it makes sense (pure). */
import type { BedDetail, Incident } from '../api/types';
import { t } from '../messages';

export interface Callee {
  name: string;
  what: string;
  phone: string;
}

// Near and able to open the door before those who are far away; words as centres write them down.
const NEAREST_FIRST = ['配偶', '老伴', '同住', '儿子', '女儿', '子女', '儿媳', '女婿', '孙', '邻居', '亲'];

/** The resident first, who may only have erred; then relatives and neighbours in the order of the register, where it has none the nearest first; 120 last, for what threatens life. */
export function callees(bed: Pick<BedDetail, 'contacts'> | null, residentName: string, residentPhone: string | null, incident: Incident | null): Callee[] {
  const nearness = (relation: string): number => {
    const at = NEAREST_FIRST.findIndex((word) => relation.includes(word));
    return at < 0 ? NEAREST_FIRST.length : at;
  };
  const relatives = [...(bed?.contacts ?? [])]
    .sort((one, other) => one.place - other.place || nearness(one.relation) - nearness(other.relation))
    .flatMap((one) => (one.phone === null || one.phone === '' ? [] : [{ name: one.name, what: one.relation, phone: one.phone }]));
  const resident = residentPhone === null || residentPhone === '' ? [] : [{ name: residentName, what: t('call.resident'), phone: residentPhone }];
  const emergency = incident?.priority === 1 ? [{ name: '120', what: t('call.emergency'), phone: '120' }] : [];
  return [...resident, ...relatives, ...emergency];
}

/** What is known of a way to reach somebody: nothing that can be dialled. */
export const without = (bed: Pick<BedDetail, 'contacts'> | null): string[] =>
  (bed?.contacts ?? []).filter((one) => one.phone === null || one.phone === '').map((one) => `${one.name}（${one.relation}）`);
