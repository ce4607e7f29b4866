/** What a phone keeps for when there is no line: steps that were not sent, and what was seen last, for one person (I/O). */
import { createStore, get, set, clear, type UseStore } from 'idb-keyval';

let store: UseStore | null = null;
const memory = new Map<string, unknown>();

export interface Seen<T> {
  said: T;
  at: number;
}

/** Without a database (a private window, a full disk) it is kept while the page lives; `isDurable` says so. */
export const keeping = { isDurable: true };

function opened(): UseStore {
  store ??= createStore('carecircle', 'phone');
  return store;
}

export async function keep(name: string, value: unknown): Promise<void> {
  memory.set(name, value);
  try {
    await set(name, value, opened());
    keeping.isDurable = true;
  } catch {
    keeping.isDurable = false;
  }
}

export async function kept<T>(name: string): Promise<T | null> {
  try {
    const found: T | undefined = await get<T>(name, opened());
    if (found !== undefined) return found;
  } catch {
    keeping.isDurable = false;
  }
  return (memory.get(name) as T | undefined) ?? null;
}

/** Forget everything: whoever signs in next sees nothing of the person before. */
export async function forgetAll(): Promise<void> {
  memory.clear();
  try {
    await clear(opened());
  } catch {
    // Nothing was kept.
  }
}

const PERSON = 'carecircle.person';

/** Who uses this phone, so that its page can be shown without a line. */
export function rememberPerson(person: unknown): void {
  try {
    if (person === null) localStorage.removeItem(PERSON);
    else localStorage.setItem(PERSON, JSON.stringify(person));
  } catch {
    // It then has to sign in again.
  }
}

export function rememberedPerson<T>(): T | null {
  try {
    return JSON.parse(localStorage.getItem(PERSON) ?? 'null') as T | null;
  } catch {
    return null;
  }
}
