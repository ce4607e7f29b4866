import { describe, expect, it } from 'vitest';
import { commandOf, isTyping } from '../src/core/keys';

const press = (key: string, changes: Partial<KeyboardEvent> = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...changes });

describe('keys of the desk', () => {
  it('are the same in upper case', () => {
    expect(commandOf(press('A'), false)).toEqual({ do: 'acknowledge' });
    expect(commandOf(press('a'), false)).toEqual({ do: 'acknowledge' });
  });

  it('send somebody by a digit only after D', () => {
    expect(commandOf(press('2'), false)).toBeNull();
    expect(commandOf(press('2'), true)).toEqual({ do: 'choose', index: 1 });
    expect(commandOf(press('6'), true)).toBeNull();
  });

  it('call back, send after a phone call, and make one of two', () => {
    expect(commandOf(press('v'), false)).toEqual({ do: 'verify' });
    expect(commandOf(press('T'), false)).toEqual({ do: 'assign' });
    expect(commandOf(press('u'), false)).toEqual({ do: 'merge' });
    expect(commandOf(press('v', { repeat: true }), false)).toBeNull();
  });

  it('leave the browser its own combinations', () => {
    expect(commandOf(press('a', { ctrlKey: true }), false)).toBeNull();
  });

  it('act once however long they are held, but move on while held', () => {
    expect(commandOf(press('e', { repeat: true }), false)).toBeNull();
    expect(commandOf(press('2', { repeat: true }), true)).toBeNull();
    expect(commandOf(press('j', { repeat: true }), false)).toEqual({ do: 'next' });
  });

  it('rest while somebody types', () => {
    const input = document.body.appendChild(document.createElement('input'));
    expect(isTyping(input)).toBe(true);
    expect(isTyping(document.body)).toBe(false);
  });
});
