/** The part of an account that says whom it is for: only what goes with its role is sent (pure). */
import type { AccountChange } from '../../../api/administration';

type Scope = Pick<AccountChange, 'name' | 'role' | 'area_code' | 'responder_id' | 'family_member_id'>;

export function scopeOf(said: { name: string; role: Scope['role']; area_code: string; responder_id: string; family_member_id: string }, own: string): Scope {
  const base = { name: said.name.trim(), role: said.role };
  if (said.role === 'responder') return { ...base, responder_id: said.responder_id.trim() };
  if (said.role === 'family') return { ...base, family_member_id: said.family_member_id.trim() };
  return { ...base, area_code: said.area_code === '' ? own : said.area_code };
}
