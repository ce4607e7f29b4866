/** The roster that is being edited: what the server has, and changes that can be taken back. */
import { providers as providerApi, rosters, type Provider, type RosteredPerson } from '../../../api/administration';
import { sentenceOf } from '../../../api/client';
import { addDays, clashOf, clockOf, copiedShifts, dayOf, weekOf, type RosterShift, type Span } from '../../../core/roster';
import { notices } from '../parts/notices.svelte';
import { w } from '../words';

interface Kept extends RosterShift {
  source: string;
  by_name: string;
}

export const spanText = (span: Span): string => `${dayText(dayOf(span.begins))} ${clockOf(span.begins)}–${clockOf(span.ends)}`;
export const dayText = (day: string): string => w('day', { month: Number(day.slice(5, 7)), day: Number(day.slice(8)) });

/** A change that the server would refuse, said before it is asked. */
export class Clash extends Error {}

export class RosterBook {
  people = $state.raw<readonly RosteredPerson[]>([]);
  providers = $state.raw<readonly Provider[]>([]);
  shifts = $state.raw<readonly Kept[]>([]);
  monday = $state('');
  isLoading = $state(true);
  error = $state<string | null>(null);
  /** How far a copy of a whole week is. */
  progress = $state.raw<{ done: number; all: number } | null>(null);
  readonly days = $derived(this.monday === '' ? [] : weekOf(this.monday));
  readonly names = $derived(new Map(this.people.map((one) => [one.id, one.name])));

  async load(monday: string): Promise<void> {
    this.monday = monday;
    this.isLoading = true;
    try {
      // From the Sunday before, so that a night shift that reaches into Monday and rest before it are seen.
      const [found, providers] = await Promise.all([rosters.week(addDays(monday, -1), 9), providerApi.all()]);
      if (monday !== this.monday) return;
      this.people = found.people;
      this.providers = providers;
      this.shifts = found.shifts.map(keptOf);
      this.error = null;
    } catch (error) {
      if (monday === this.monday) this.error = sentenceOf(error);
    } finally {
      if (monday === this.monday) this.isLoading = false;
    }
  }

  async add(person: string, span: Span, reason = ''): Promise<void> {
    this.#mustNotClash(person, span, null);
    const id = await this.#add(person, span, reason);
    notices.say(w('roster.added', { name: this.#name(person), span: spanText(span) }), () => this.#try(() => this.#remove(person, id, w('roster.undone'))));
  }

  async remove(shift: RosterShift, reason: string): Promise<void> {
    await this.#remove(shift.person, shift.id, reason);
    notices.say(w('roster.removed', { name: this.#name(shift.person), span: spanText(shift) }), () => this.#try(() => this.#add(shift.person, shift, w('roster.undone'))));
  }

  /** Another time or another person: the old shift goes, the new one comes; where that is refused the old one comes back. */
  async change(shift: RosterShift, person: string, span: Span, reason: string): Promise<void> {
    if (person === shift.person && span.begins === shift.begins && span.ends === shift.ends) return;
    this.#mustNotClash(person, span, shift.id);
    const id = await this.#swap(shift, person, span, reason);
    notices.say(w('roster.changed', { name: this.#name(person), span: spanText(span) }), () =>
      this.#try(() => this.#swap({ id, person, ...span }, shift.person, shift, w('roster.undone'))),
    );
  }

  /** Last week's shifts of these people once more, one by one; what clashes is left out. */
  async copyWeekBefore(people: ReadonlySet<string>): Promise<void> {
    const monday = this.monday;
    const before = await rosters.week(addDays(monday, -7), 7);
    const first = new Set(weekOf(addDays(monday, -7)));
    const wanted = before.shifts.map(keptOf).filter((one) => people.has(one.person) && first.has(dayOf(one.begins)));
    const { add, left } = copiedShifts(wanted, 7, this.shifts, Date.now());
    this.progress = { done: 0, all: add.length };
    const made: RosterShift[] = [];
    try {
      for (const shift of add) {
        if (this.progress === null) break;
        try {
          made.push({ ...shift, id: await this.#add(shift.person, shift, w('roster.copyReason')) });
        } catch (error) {
          notices.trouble(`${this.#name(shift.person)} ${spanText(shift)}：${sentenceOf(error)}`);
          break;
        }
        if (this.progress !== null) this.progress = { done: made.length, all: add.length };
      }
    } finally {
      this.progress = null;
    }
    notices.say(w('roster.copied', { n: made.length, left: left + add.length - made.length }), made.length === 0 ? null : () => this.#try(() => this.#removeAll(made)));
  }

  stopCopying(): void {
    this.progress = null;
  }

  async #removeAll(shifts: readonly RosterShift[]): Promise<void> {
    for (const one of shifts) await this.#remove(one.person, one.id, w('roster.undone'));
  }

  async #swap(shift: RosterShift, person: string, span: Span, reason: string): Promise<number> {
    await this.#remove(shift.person, shift.id, reason);
    try {
      return await this.#add(person, span, reason);
    } catch (error) {
      await this.#add(shift.person, shift, w('roster.undone'));
      throw error;
    }
  }

  async #add(person: string, span: Span, reason: string): Promise<number> {
    const { id } = await rosters.addShift(person, span.begins, span.ends, reason);
    this.shifts = [...this.shifts, { id, person, begins: span.begins, ends: span.ends, source: 'desk', by_name: '' }];
    return id;
  }

  async #remove(person: string, id: number, reason: string): Promise<void> {
    await rosters.removeShift(person, id, reason);
    this.shifts = this.shifts.filter((one) => one.id !== id);
  }

  #mustNotClash(person: string, span: Span, except: number | null): void {
    const clash = clashOf(this.shifts, person, span, except);
    if (clash !== null) throw new Clash(w('roster.clash', { name: this.#name(person), span: spanText(clash) }));
  }

  async #try(undo: () => Promise<unknown>): Promise<void> {
    try {
      await undo();
      notices.say(w('undone'));
    } catch (error) {
      notices.trouble(w('notUndone', { why: sentenceOf(error) }));
    }
  }

  readonly #name = (person: string): string => this.names.get(person) ?? person;
}

/** Why a change of the roster did not come about. */
export const refusalOf = (error: unknown): string => (error instanceof Clash ? error.message : sentenceOf(error));

function keptOf(said: { id: number; responder_id: string; begins_at: string; ends_at: string; source: string; by_name: string }): Kept {
  return { id: said.id, person: said.responder_id, begins: Date.parse(said.begins_at), ends: Date.parse(said.ends_at), source: said.source, by_name: said.by_name };
}
