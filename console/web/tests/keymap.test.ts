import { describe, expect, it } from 'vitest';
import { commandOf } from '../src/core/keys';
import { COMMANDS, DEFAULT_KEYS, keymapOf, readChanges, refusalOf, withKey } from '../src/core/keymap';

const press = (key: string) => ({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false });

describe('keys of the desk', () => {
  it('are one a command', () => {
    expect(new Set(Object.values(DEFAULT_KEYS)).size).toBe(COMMANDS.length);
  });

  it('can be changed, and the old key does nothing any more', () => {
    const keymap = keymapOf(withKey({}, 'acknowledge', 'Q'));
    expect(commandOf(press('q'), false, keymap)).toEqual({ do: 'acknowledge' });
    expect(commandOf(press('a'), false, keymap)).toBeNull();
    expect(withKey(withKey({}, 'acknowledge', 'q'), 'acknowledge', 'a')).toEqual({});
  });

  it('are refused where they are taken, digits, not to be seen, or fixed', () => {
    const keymap = keymapOf({});
    expect(refusalOf(keymap, 'acknowledge', 'd')).toEqual({ why: 'taken', by: 'dispatch' });
    expect(refusalOf(keymap, 'acknowledge', '3')).toEqual({ why: 'digit' });
    expect(refusalOf(keymap, 'acknowledge', 'F5')).toEqual({ why: 'unprintable' });
    expect(refusalOf(keymap, 'leave', 'q')).toEqual({ why: 'fixed' });
    expect(refusalOf(keymap, 'acknowledge', 'a')).toBeNull();
  });

  it('come back from the browser only as a whole that fits together', () => {
    expect(readChanges('{"acknowledge":"q","dispatch":"a"}')).toEqual({ acknowledge: 'q', dispatch: 'a' });
    for (const kept of [null, 'nonsense', '[]', '{"acknowledge":"d"}', '{"acknowledge":"7"}', '{"leave":"q"}']) expect(readChanges(kept)).toEqual({});
  });

  it('open the search by Ctrl+K as well, and nothing else with Ctrl', () => {
    expect(commandOf({ ...press('k'), ctrlKey: true }, false)).toEqual({ do: 'search' });
    expect(commandOf({ ...press('a'), ctrlKey: true }, false)).toBeNull();
    expect(commandOf(press('？'), false)).toEqual({ do: 'help' });
  });
});
