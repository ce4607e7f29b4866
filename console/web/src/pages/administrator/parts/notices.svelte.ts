/** What was done, said once at the foot of the page, with a way back for ten seconds. */

export interface Notice {
  id: number;
  text: string;
  undo: (() => Promise<void>) | null;
  isTrouble: boolean;
}

const STAYS_MS = 10_000;

class Notices {
  shown = $state.raw<readonly Notice[]>([]);
  #count = 0;

  say(text: string, undo: (() => Promise<void>) | null = null): void {
    this.#show({ id: ++this.#count, text, undo, isTrouble: false });
  }

  trouble(text: string): void {
    this.#show({ id: ++this.#count, text, undo: null, isTrouble: true });
  }

  drop(id: number): void {
    this.shown = this.shown.filter((one) => one.id !== id);
  }

  /** Take back what was said last, where that can be taken back. */
  async undoLast(): Promise<void> {
    const last = this.shown.findLast((one) => one.undo !== null);
    if (last === undefined) return;
    this.drop(last.id);
    await last.undo?.();
  }

  #show(notice: Notice): void {
    this.shown = [...this.shown, notice].slice(-3);
    setTimeout(() => this.drop(notice.id), STAYS_MS);
  }
}

export const notices = new Notices();
