/** What a key means on the dispatcher's page; nothing while somebody types or a window is open (pure). */
import { commandFor, DEFAULT_KEYS, type KeyCommand, type Keymap } from './keymap';

export type Command = { do: KeyCommand } | { do: 'choose'; index: number };

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>;

/** Moving on may repeat while a key is held; everything else happens once a press. */
const MAY_REPEAT: ReadonlySet<KeyCommand> = new Set(['next', 'previous']);

/** Read a key press. `isChoosing`: the dispatch panel waits for a digit. Ctrl+K searches as well, as people are used to. */
export function commandOf(press: Press, isChoosing: boolean, keymap: Keymap = DEFAULT_KEYS): Command | null {
  if ((press.ctrlKey || press.metaKey) && !press.altKey && press.key.toLowerCase() === 'k') return press.repeat ? null : { do: 'search' };
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (isChoosing && /^[1-5]$/.test(press.key)) return press.repeat ? null : { do: 'choose', index: Number(press.key) - 1 };
  const command = commandFor(keymap, press.key);
  if (command === null || (press.repeat && !MAY_REPEAT.has(command))) return null;
  return { do: command };
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
