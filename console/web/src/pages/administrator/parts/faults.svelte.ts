/** What the server refused of a form, said at its fields: the first faulty one gets the focus, what was typed stays. */
import { getContext, hasContext, setContext, tick } from 'svelte';
import { ApiError } from '../../../api/http';
import { placed } from '../../../core/faults';
import { faultSentence, refusalOf } from '../words';
import { notices } from './notices.svelte';

const HERE = Symbol('faults');
const CONTROL = 'input, select, textarea, button';

export class Faults {
  #said = $state.raw<ReadonlyMap<string, string>>(new Map());
  #fields = new Map<string, HTMLElement>();
  /** A reason that was given for what was refused; it need not be written again. */
  #given = { title: '', reason: '' };

  /** What is wrong with a field, in words. */
  of(field: string): string | null {
    return this.#said.get(field) ?? null;
  }

  /** A field is on the page; returns what takes it away. */
  know(field: string, place: HTMLElement): () => void {
    this.#fields.set(field, place);
    return () => {
      if (this.#fields.get(field) === place) this.#fields.delete(field);
    };
  }

  /** What was said of a field, and of those within it, does not hold any more; without a field: of none. */
  forget(field = ''): void {
    const isWithin = (one: string): boolean => field === '' || one === field || one.startsWith(`${field}.`);
    if ([...this.#said.keys()].some(isWithin)) this.#said = new Map([...this.#said].filter(([one]) => !isWithin(one)));
  }

  keepReason(title: string, reason: string): void {
    this.#given = { title, reason };
  }
  reasonFor(title: string): string {
    return this.#given.title === title ? this.#given.reason : '';
  }

  /**
   * Say at their fields what was refused. Returns the sentence to show where one is asked, or null where the fields
   * say everything. `leave` closes a window that stands over the first faulty field.
   */
  async show(refused: unknown, leave?: () => void): Promise<string | null> {
    const faults = refused instanceof ApiError ? refused.faults : [];
    const { at, rest } = placed(faults, this.#fields.keys());
    this.#said = new Map([...at].map(([field, fault]) => [field, faultSentence(fault)]));
    const first = [...at.keys()].map((field) => this.#fields.get(field)).filter((one) => one !== undefined).sort(inOrder)[0];
    if (first === undefined) return refusalOf(refused);
    const others = rest.length === 0 ? null : rest.map(faultSentence).join('；');
    const isCovered = leave !== undefined && first.closest('dialog') === null;
    if (isCovered) leave();
    await tick();
    (first.matches(CONTROL) ? first : first.querySelector<HTMLElement>(CONTROL))?.focus();
    if (isCovered && others !== null) notices.trouble(others);
    return others;
  }
}

const inOrder = (one: HTMLElement, other: HTMLElement): number => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);

/** A form begins: its fields and its windows find this by themselves. */
export function holdFaults(): Faults {
  return setContext(HERE, new Faults());
}

/** The faults of the form around; null where nobody holds any. */
export const faultsHere = (): Faults | null => (hasContext(HERE) ? getContext<Faults>(HERE) : null);
