/** Which key does what on the dispatcher's page, and what of it somebody has changed in this browser (pure). */

export const COMMANDS = [
  'next', 'previous', 'open', 'acknowledge', 'dispatch', 'assign', 'verify', 'merge', 'call', 'escalate', 'note', 'close', 'shelve',
  'pause', 'map', 'beds', 'search', 'undo', 'help', 'leave',
] as const;
export type KeyCommand = (typeof COMMANDS)[number];

export type Keymap = Readonly<Record<KeyCommand, string>>;

export const DEFAULT_KEYS: Keymap = {
  next: 'j',
  previous: 'k',
  open: 'enter',
  acknowledge: 'a',
  dispatch: 'd',
  assign: 't',
  verify: 'v',
  merge: 'u',
  call: 'c',
  escalate: 'e',
  note: 'n',
  close: 'x',
  shelve: 's',
  pause: 'm',
  map: 'g',
  beds: 'b',
  search: '/',
  undo: 'z',
  help: '?',
  leave: 'escape',
};

/** These stay what they are: nobody must have to guess how to get out. */
export const FIXED: ReadonlySet<KeyCommand> = new Set(['open', 'leave', 'help']);

export type Changes = Partial<Record<KeyCommand, string>>;

/** What a Chinese keyboard types for the same key. */
const SAME: Readonly<Record<string, string>> = { '？': '?', '、': '/', '／': '/' };

export const plainKey = (key: string): string => SAME[key] ?? key.toLowerCase();

export function keymapOf(changes: Changes): Keymap {
  return { ...DEFAULT_KEYS, ...changes };
}

/** The command of a key, or null. */
export function commandFor(keymap: Keymap, key: string): KeyCommand | null {
  const plain = plainKey(key);
  return COMMANDS.find((one) => keymap[one] === plain) ?? null;
}

export type KeyRefusal = { why: 'fixed' | 'digit' | 'unprintable' } | { why: 'taken'; by: KeyCommand };

/** Why a command cannot have this key; null when it can. Digits choose whom to send, and one key does one thing. */
export function refusalOf(keymap: Keymap, command: KeyCommand, key: string): KeyRefusal | null {
  const plain = plainKey(key);
  if (FIXED.has(command)) return { why: 'fixed' };
  if ([...plain].length !== 1 || plain.trim() === '') return { why: 'unprintable' };
  if (/^\d$/.test(plain)) return { why: 'digit' };
  const by = commandFor(keymap, plain);
  return by === null || by === command ? null : { why: 'taken', by };
}

/** With this key for this command; the caller has asked `refusalOf`. */
export function withKey(changes: Changes, command: KeyCommand, key: string): Changes {
  const plain = plainKey(key);
  const next = { ...changes };
  if (plain === DEFAULT_KEYS[command]) delete next[command];
  else next[command] = plain;
  return next;
}

/** What a browser has kept; what does not fit together any more is left out as a whole. */
export function readChanges(kept: string | null): Changes {
  let said: unknown;
  try {
    said = JSON.parse(kept ?? '{}');
  } catch {
    return {};
  }
  if (typeof said !== 'object' || said === null) return {};
  let changes: Changes = {};
  for (const command of COMMANDS) {
    const key: unknown = (said as Record<string, unknown>)[command];
    if (typeof key === 'string') changes = { ...changes, [command]: plainKey(key) };
  }
  const keymap = keymapOf(changes);
  const isWhole = new Set(Object.values(keymap)).size === COMMANDS.length && Object.entries(changes).every(([command, key]) => refusalOf(keymap, command as KeyCommand, key) === null);
  return isWhole ? changes : {};
}

/** How a key is written on the page. */
export function keyText(key: string): string {
  if (key === 'escape') return 'Esc';
  if (key === 'enter') return 'Enter';
  return key.toUpperCase();
}
