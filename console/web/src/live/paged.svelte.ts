/** A long list of the server that comes page by page: what came, whether there is more, and why it did not come. */
import { sentenceOf } from '../api/client';

export interface Page<Line> {
  lines: readonly Line[];
  next: string | null;
}

export class Paged<Line> {
  all = $state.raw<readonly Line[] | null>(null);
  next = $state<string | null>(null);
  error = $state<string | null>(null);
  #turn = 0;
  readonly #ask: (after: string) => Promise<Page<Line>>;

  constructor(ask: (after: string) => Promise<Page<Line>>) {
    this.#ask = ask;
  }

  /** Ask for the first page, or for what comes behind `after`; an answer that was overtaken by a later question is dropped. */
  async load(after = ''): Promise<void> {
    const turn = ++this.#turn;
    try {
      const page = await this.#ask(after);
      if (turn !== this.#turn) return;
      this.all = after === '' ? page.lines : [...(this.all ?? []), ...page.lines];
      this.next = page.next;
      this.error = null;
    } catch (refused) {
      if (turn === this.#turn) this.error = sentenceOf(refused);
    }
  }
}
