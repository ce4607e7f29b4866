/** One copy of a person's data: asked for, handed to the browser as a download, and followed until it is whole (I/O). */
import { sentenceOf } from '../api/client';
import { personExports, type ExportProgress, type ExportTicket } from '../api/personExports';
import { stageOf, type Stage } from '../core/personExport';
import { poll } from './poll';

const EVERY_MS = 1_000;
/** So many looks in vain, and nobody knows how far it is: the button must not stay locked for that. */
const MOST_MISSED = 10;

export class PersonExport {
  stage = $state<Stage>('idle');
  progress = $state.raw<ExportProgress | null>(null);
  error = $state<string | null>(null);
  #stop: (() => void) | null = null;

  /** Ask and begin; a refusal is said in words: `say` may put them elsewhere and leave none. Returns whether it has begun. */
  async begin(ask: () => Promise<ExportTicket>, say: (refused: unknown) => string | null | Promise<string | null> = sentenceOf): Promise<boolean> {
    this.end();
    this.stage = 'asking';
    this.progress = null;
    this.error = null;
    try {
      const ticket = await ask();
      download(personExports.fileOf(ticket));
      this.stage = 'coming';
      this.#follow(ticket.id);
      return true;
    } catch (refused) {
      this.stage = 'idle';
      this.error = await say(refused);
      return false;
    }
  }

  /** Look no more; the download itself is the browser's and goes on. */
  end(): void {
    this.#stop?.();
    this.#stop = null;
  }

  #follow(ticket: number): void {
    const since = Date.now();
    let missed = 0;
    this.#stop = poll(async () => {
      try {
        const progress = await personExports.progress(ticket);
        this.progress = progress;
        this.stage = stageOf(progress, Date.now() - since);
        this.error = null;
        missed = 0;
      } catch (lost) {
        missed += 1;
        this.error = sentenceOf(lost);
        if (missed >= MOST_MISSED) this.stage = 'broken';
      }
      if (this.stage !== 'coming') this.end();
    }, EVERY_MS);
  }
}

/** The browser's own download: it writes to the disk, and a page would have to hold all of it. */
function download(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}
