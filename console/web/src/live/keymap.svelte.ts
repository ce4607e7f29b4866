/** The keys as somebody has set them in this browser (I/O: local storage). */
import { keymapOf, readChanges, withKey, type Changes, type KeyCommand, type Keymap } from '../core/keymap';

const KEPT = 'carecircle.keys';

export class Keys {
  changes = $state.raw<Changes>(kept());
  readonly map: Keymap = $derived(keymapOf(this.changes));

  set(command: KeyCommand, key: string): void {
    this.#keep(withKey(this.changes, command, key));
  }

  reset(): void {
    this.#keep({});
  }

  #keep(changes: Changes): void {
    this.changes = changes;
    try {
      localStorage.setItem(KEPT, JSON.stringify(changes));
    } catch {
      // A browser that keeps nothing: the keys hold until the page is left.
    }
  }
}

function kept(): Changes {
  try {
    return readChanges(localStorage.getItem(KEPT));
  } catch {
    return {};
  }
}
