/** Search over all that the desk can go to: commands, incidents, beds with their residents and addresses, responders (pure). */
import type { Bed, Incident, Responder } from '../api/types';
import { label, t } from '../messages';
import { keyText, type KeyCommand, type Keymap } from './keymap';

export interface Hit {
  id: string;
  what: 'command' | 'incident' | 'bed' | 'responder';
  title: string;
  more: string;
}

export interface Places {
  incidents: readonly Incident[];
  beds: readonly Bed[];
  responders: readonly Responder[];
  commands: readonly KeyCommand[];
  keymap: Keymap;
}

const MOST_OF_EACH = 8;

/** What fits all words that were typed, the best of each kind first. Without words: commands and what waits. */
export function search(typed: string, places: Places): Hit[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return [
    ...best(places.incidents.map(ofIncident), words),
    ...(words.length === 0 ? [] : best(places.beds.map(ofBed), words)),
    ...(words.length === 0 ? [] : best(places.responders.map(ofResponder), words)),
    ...best(places.commands.map((one) => ofCommand(one, places.keymap)), words, places.commands.length),
  ];
}

function ofIncident(one: Incident): Hit {
  return { id: one.id, what: 'incident', title: `${one.resident_name}·${one.address}`, more: `${label('kind', one.kind)} P${one.priority} ${label('state', one.state)} ${one.id}` };
}

function ofBed(one: Bed): Hit {
  return { id: one.id, what: 'bed', title: `${one.resident_name}·${one.address}`, more: `${one.county_name} ${one.id}` };
}

function ofResponder(one: Responder): Hit {
  const duty = t(one.busy ? 'palette.busy' : one.on_duty ? 'palette.onDuty' : 'palette.offDuty');
  return { id: one.id, what: 'responder', title: one.name, more: [label('role', one.role), one.provider_name ?? '', duty].filter(Boolean).join(' ') };
}

function ofCommand(command: KeyCommand, keymap: Keymap): Hit {
  return { id: command, what: 'command', title: t(`key.${command}`), more: keyText(keymap[command]) };
}

function best(hits: Hit[], words: readonly string[], most = MOST_OF_EACH): Hit[] {
  return hits
    .map((hit) => ({ hit, rank: rankOf(hit, words) }))
    .filter((one) => one.rank !== null)
    .sort((one, other) => (one.rank ?? 0) - (other.rank ?? 0))
    .slice(0, most)
    .map((one) => one.hit);
}

/** Lower is better: words at the beginning of the title, then in it, then in what else is known; null where one is missing. */
function rankOf(hit: Hit, words: readonly string[]): number | null {
  const title = hit.title.toLowerCase();
  const more = hit.more.toLowerCase();
  let rank = 0;
  for (const word of words) {
    if (title.startsWith(word)) continue;
    if (title.includes(word)) rank += 1;
    else if (more.includes(word)) rank += 2;
    else return null;
  }
  return rank;
}
