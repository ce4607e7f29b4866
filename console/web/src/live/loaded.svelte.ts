/** Something that a page asks the server for: what came, whether it is on its way, and why it did not come. */
import { sentenceOf } from '../api/client';

export class Loaded<Value> {
  value = $state.raw<Value | undefined>(undefined);
  error = $state<string | null>(null);
  isLoading = $state(false);
  #turn = 0;
  readonly #ask: () => Promise<Value>;

  constructor(ask: () => Promise<Value>) {
    this.#ask = ask;
  }

  /** Ask anew; an answer that was overtaken by a later question is dropped. What was there stays until then. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.isLoading = true;
    try {
      const value = await this.#ask();
      if (turn !== this.#turn) return;
      this.value = value;
      this.error = null;
    } catch (error) {
      if (turn === this.#turn) this.error = sentenceOf(error);
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }

  /** Ask once the old value says nothing any more, as when another area was chosen. */
  async renew(): Promise<void> {
    this.value = undefined;
    await this.load();
  }
}
