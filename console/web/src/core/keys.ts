/** What a key means on the dispatcher's page; nothing while somebody types or a window is open (pure). */

export type Command =
  | { do: 'next' | 'previous' | 'open' | 'acknowledge' | 'dispatch' | 'assign' | 'verify' | 'merge' | 'escalate' | 'note' | 'close' | 'help' | 'leave' }
  | { do: 'choose'; index: number };

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>;

const KEYS: Record<string, Exclude<Command, { do: 'choose' }>['do']> = {
  j: 'next',
  k: 'previous',
  enter: 'open',
  a: 'acknowledge',
  d: 'dispatch',
  t: 'assign',
  v: 'verify',
  u: 'merge',
  e: 'escalate',
  n: 'note',
  x: 'close',
  '?': 'help',
  '？': 'help',
  escape: 'leave',
};

/** Moving on may repeat while a key is held; everything else happens once a press. */
const MAY_REPEAT: ReadonlySet<string> = new Set(['next', 'previous']);

/** Read a key press. `isChoosing`: the dispatch panel waits for a digit. */
export function commandOf(press: Press, isChoosing: boolean): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (isChoosing && /^[1-5]$/.test(press.key)) return press.repeat ? null : { do: 'choose', index: Number(press.key) - 1 };
  const action = KEYS[press.key.toLowerCase()];
  if (action === undefined || (press.repeat && !MAY_REPEAT.has(action))) return null;
  return { do: action };
}

/** Whether a key belongs to the element that has the focus and not to the page. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest('input, textarea, select, dialog') !== null;
}

/** Enter on a button or link presses that button. */
export function isPressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a, [role="tab"]') !== null;
}
