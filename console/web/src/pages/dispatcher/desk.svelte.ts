/** The dispatcher's desk: what is selected, what is known of it, and the commands, one at a time. */
import { api, ApiError, sentenceOf } from '../../api/client';
import type { Alarm, BedAlarms, BedDetail, BedHome, Candidate, Entry, Finding, Incident, IncidentDetail, IncidentKind, OutcomeCode } from '../../api/types';
import { timeText } from '../../core/ages';
import { inGroups, isFlood, newLately, FLOOD_WINDOW_MS, visible, type Item } from '../../core/flood';
import { isAttended, isEnded, neighbour } from '../../core/incidents';
import { FOR_HELP, sameBed } from '../../core/merging';
import { undoLeftMs } from '../../core/undo';
import { clock } from '../../live/clock.svelte';
import type { LiveFeed } from '../../live/feed.svelte';
import { Keys } from '../../live/keymap.svelte';
import { t } from '../../messages';

export type Window = 'escalate' | 'note' | 'close' | 'help' | 'force' | 'assign' | 'verify' | 'merge' | 'shelve' | 'call' | 'search' | 'handovers' | 'handover';
export type CommandName = 'acknowledge' | 'undo' | 'dispatch' | 'assign' | 'verify' | 'merge' | 'shelve' | 'escalate' | 'note' | 'close';

/** A sentence at the edge of the screen. */
export interface Notice {
  id: number;
  text: string;
  isError: boolean;
}

const NOTICE_MS = 6_000;
const ERROR_MS = 12_000;
const SETTLE_MS = 250;
// Whoever walks through the queue reads the bed where they stop, and nobody's values on the way; the row is marked at once.
const PASSING_MS = 120;
const BED_EVERY_MS = 30_000; // every look at a bed is on record, so not more often than the values change much
const MOST_CHOICES = 5;
const JUDGE_EVERY_MS = 1_000;

// Windows that are about no incident.
const OF_THE_DESK: ReadonlySet<Window> = new Set(['help', 'search', 'handovers', 'handover']);

export class Desk {
  selectedId = $state<string | null>(null);
  /** A bed looked at beside the selected incident. */
  otherBedId = $state<string | null>(null);
  detail = $state.raw<IncidentDetail | null>(null);
  bed = $state.raw<BedDetail | null>(null);
  /** The alarms of the bed that `bed` is about, or of the one before while the next is being asked for. */
  bedAlarms = $state.raw<{ bedId: string; found: BedAlarms } | null>(null);
  alarmsError = $state<string | null>(null);
  shelved = $state.raw<Alarm | null>(null);
  bedError = $state<string | null>(null);
  /** What whoever goes there has to know, and what has happened at the bed before. */
  home = $state.raw<{ bedId: string; known: BedHome } | null>(null);
  /** Which incident this person has just taken, and may give back. */
  taken = $state<string | null>(null);
  /** More has come lately than anybody can look at one by one. */
  isFlooded = $state(false);
  lately = $state(0);
  /** Whether lesser alarms of one bed or gateway are kept together though there is no flood. */
  isGrouping = $state(false);
  /** The groups that somebody has opened, by key. */
  openedGroups = $state.raw<ReadonlySet<string>>(new Set());
  /** What a digit does now: ask somebody, or send somebody who has said yes on the phone. */
  choosing = $state<'dispatch' | 'assign' | null>(null);
  working = $state<CommandName | null>(null);
  window = $state<Window | null>(null);
  windowError = $state<string | null>(null);
  /** Whom the open window is about. */
  about = $state.raw<Candidate | null>(null);
  notices = $state.raw<Notice[]>([]);
  /** Counts up when the map should go to the selected place. */
  goes = $state(0);

  readonly selected: Incident | null = $derived.by(() => this.#newest());
  readonly waiting: Incident[] = $derived.by(() => this.#feed.ordered.filter((one) => !isAttended(one)));
  readonly attended: Incident[] = $derived.by(() => this.#feed.ordered.filter(isAttended));
  readonly items: Item[] = $derived(
    this.isFlooded || this.isGrouping ? inGroups(this.waiting, this.isFlooded) : this.waiting.map((incident) => ({ incident, group: null })),
  );
  /** What J and K walk through. */
  readonly walk: Incident[] = $derived([...visible(this.items, this.openedGroups), ...this.attended]);
  readonly undoLeftMs: number = $derived.by(() => undoLeftMs(this.taken === null ? null : (this.#feed.incidents.get(this.taken) ?? null), this.taken, clock.now));
  readonly isLost: boolean = $derived.by(() => this.#feed.link === 'lost');
  readonly isChoosing: boolean = $derived(this.choosing !== null);
  /** The other open alarms of the selected one's bed. */
  readonly others: Incident[] = $derived.by(() => (this.selected === null ? [] : sameBed(this.selected, this.#feed.ordered)));
  readonly bedId: string | null = $derived(this.otherBedId ?? this.selected?.bed_id ?? null);
  readonly choices: Candidate[] = $derived(
    this.detail?.incident.id === this.selectedId
      ? this.detail.candidates.filter((one) => one.eligible).sort((one, other) => (one.rank ?? 999) - (other.rank ?? 999)).slice(0, MOST_CHOICES)
      : [],
  );

  /** Which key does what in this browser. */
  readonly keys = new Keys();

  #feed: LiveFeed;
  #settle: ReturnType<typeof setTimeout> | undefined;
  #stop: ReturnType<typeof setTimeout> | undefined;
  #notices = 0;
  /** Commands that are not answered so far, by what will be said of them, and the end of the last one. */
  #given = new Set<string>();
  #last = Promise.resolve(true);
  #opened = new Map<string, number>();

  constructor(feed: LiveFeed) {
    this.#feed = feed;
  }

  /** Follow the feed and the selection; returns how to stop. */
  start(): () => void {
    const stopListening = this.#feed.onChange((incident, entry) => this.#hear(incident, entry));
    const stopHints = this.#feed.onHint(() => this.#judge());
    const judge = setInterval(() => this.#judge(), JUDGE_EVERY_MS);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.loadBed();
    }, BED_EVERY_MS);
    return () => {
      stopListening();
      stopHints();
      clearInterval(judge);
      clearInterval(timer);
      clearTimeout(this.#settle);
      clearTimeout(this.#stop);
    };
  }

  /** Show an alarm; `isPassing` where the next key may already choose another one. */
  select(id: string | null, goThere = false, isPassing = false): void {
    this.otherBedId = null;
    if (goThere) this.goes += 1;
    if (id === this.selectedId) return;
    this.selectedId = id;
    this.choosing = null;
    this.detail = null;
    this.bed = null;
    clearTimeout(this.#stop);
    this.#stop = setTimeout(() => (void this.loadDetail(), void this.loadBed()), isPassing ? PASSING_MS : 0);
  }

  step(by: 1 | -1): void {
    this.select(neighbour(this.walk, this.selectedId, by), true, true);
  }

  /** Show the members of a group, or only the first one. */
  toggleGroup(key: string): void {
    const opened = new Set(this.openedGroups);
    if (!opened.delete(key)) opened.add(key);
    this.openedGroups = opened;
  }

  /** Enter on the first one of a group opens it. */
  openGroupOfSelected(): void {
    const group = this.items.find((item) => item.group !== null && item.incident.id === this.selectedId)?.group;
    if (group !== undefined && group !== null && !this.openedGroups.has(group.key)) this.toggleGroup(group.key);
  }

  /** Look at a bed; if it has an alarm, at that. */
  lookAtBed(bedId: string): void {
    const alarm = this.#feed.ordered.find((one) => one.bed_id === bedId);
    if (alarm !== undefined) {
      this.select(alarm.id, true);
      return;
    }
    this.otherBedId = bedId === this.selected?.bed_id ? null : bedId;
    this.bed = null;
    this.goes += 1;
    void this.loadBed();
  }

  leave(): void {
    if (this.isChoosing) this.choosing = null;
    else if (this.otherBedId !== null) {
      this.otherBedId = null;
      this.bed = null;
      void this.loadBed();
    } else if (this.notices.length > 0) this.notices = [];
  }

  async loadDetail(): Promise<void> {
    const id = this.selectedId;
    if (id === null) return;
    try {
      const detail = await api.incident(id);
      if (id === this.selectedId) this.detail = detail;
    } catch (error) {
      if (id === this.selectedId) this.#complain(error);
    }
  }

  async loadBed(): Promise<void> {
    const id = this.bedId;
    if (id === null) return;
    void this.#loadAlarms(id);
    if (this.home?.bedId !== id) void this.#loadHome(id);
    try {
      const bed = await api.bed(id);
      if (id !== this.bedId) return;
      this.bed = bed;
      this.bedError = null;
    } catch (error) {
      if (id === this.bedId) this.bedError = sentenceOf(error);
    }
  }

  /** Beside the bed and not with it: vital signs are shown also where alarms cannot be read. */
  async #loadAlarms(bedId: string): Promise<void> {
    try {
      const found = await api.bedAlarms(bedId);
      if (bedId !== this.bedId) return;
      this.bedAlarms = { bedId, found };
      this.alarmsError = null;
    } catch (error) {
      if (bedId === this.bedId) this.alarmsError = sentenceOf(error);
    }
  }

  async #loadHome(bedId: string): Promise<void> {
    try {
      const known = await api.bedHome(bedId);
      if (bedId === this.bedId) this.home = { bedId, known };
    } catch {
      // The next look at the bed asks again; vital signs and commands do not wait for it.
    }
  }

  async acknowledge(): Promise<void> {
    const incident = this.#target();
    if (incident === null) return;
    if (incident.acknowledged_at !== null) {
      this.say(t('action.already', { name: incident.acknowledged_by ?? '', time: timeText(incident.acknowledged_at) }));
      return;
    }
    if (await this.#run('acknowledge', t('action.done.acknowledge'), () => api.acknowledge(incident.id))) this.taken = incident.id;
  }

  /** Give back what was taken a moment ago. */
  async undo(): Promise<void> {
    const id = this.taken;
    if (id === null || this.undoLeftMs === 0) return this.say(t('undo.none'), true);
    if (await this.#run('undo', t('undo.done'), () => api.unacknowledge(id))) this.taken = null;
  }

  choose(what: 'dispatch' | 'assign' = 'dispatch'): void {
    if (this.#target() !== null) this.choosing = this.choosing === what ? null : what;
  }

  /** A digit was pressed. */
  async chosen(index: number): Promise<void> {
    const candidate = this.choices[index];
    if (candidate === undefined) return;
    if (this.choosing === 'assign') this.open('assign', candidate);
    else await this.dispatch(candidate);
  }

  async dispatch(candidate: Candidate, reason?: string): Promise<boolean> {
    const incident = this.#target();
    if (incident === null) return false;
    this.choosing = null;
    const why = reason ?? t('dispatch.byRank', { n: candidate.rank ?? 0 });
    return this.#run('dispatch', t('action.done.dispatch', { name: candidate.name }), () =>
      api.dispatch(incident.id, candidate.responder_id, why),
    );
  }

  /** Ask somebody who has been asked already once more. */
  async remind(candidate: Candidate): Promise<void> {
    const incident = this.#target();
    if (incident === null) return;
    await this.#run('dispatch', t('dispatch.reminded', { name: candidate.name }), () => api.dispatch(incident.id, candidate.responder_id, ''));
  }

  /** Send somebody who has said yes on the phone. */
  assign(candidate: Candidate, reason: string): Promise<boolean> {
    return this.#submit('assign', (incident) => api.assign(incident.id, candidate.responder_id, reason));
  }

  /** Write down what calling back has shown. */
  verify(finding: Finding, note: string): Promise<boolean> {
    return this.#submit('verify', (incident) => api.verify(incident.id, finding, note));
  }

  /** Make the selected alarm part of another one of its bed, and go on with that. */
  async merge(into: string, reason: string): Promise<boolean> {
    const isDone = await this.#submit('merge', (incident) => api.merge(incident.id, into, reason));
    if (isDone) this.select(into, true);
    return isDone;
  }

  escalate(reason: string): Promise<boolean> {
    return this.#submit('escalate', (incident) => api.escalate(incident.id, reason));
  }

  note(text: string): Promise<boolean> {
    return this.#submit('note', (incident) => api.note(incident.id, text));
  }

  close(outcome: OutcomeCode, note: string): Promise<boolean> {
    return this.#submit('close', (incident) => api.close(incident.id, outcome, note));
  }

  /** The alarms of the shown bed that may be put aside, the one of the selected incident first. */
  readonly shelvable: Alarm[] = $derived.by(() => {
    const found = this.bedAlarms?.bedId === this.bedId ? this.bedAlarms.found : null;
    const aside = new Set(found?.shelves.map((one) => one.kind));
    const kinds = new Map<IncidentKind, Alarm>();
    for (const one of found?.alarms ?? []) if (one.cleared_at === null && !FOR_HELP.has(one.kind) && !aside.has(one.kind) && !kinds.has(one.kind)) kinds.set(one.kind, one);
    return [...kinds.values()].sort((one, other) => Number(other.kind === this.selected?.kind) - Number(one.kind === this.selected?.kind));
  });

  /** S: put the first one aside; the window offers the others. */
  shelveByKey(): void {
    const first = this.shelvable[0];
    if (this.bedId === null) this.say(t('action.none'), true);
    else if (first === undefined) this.say(t('shelve.nothing'), true);
    else this.openShelving(first);
  }

  /** Open the window that puts an alarm of the shown bed aside. */
  openShelving(alarm: Alarm): void {
    this.choosing = null;
    this.windowError = null;
    this.shelved = alarm;
    this.window = 'shelve';
  }

  /** Put it aside for some minutes, for a reason; it returns by itself. */
  shelve(kind: IncidentKind, minutes: number, reason: string): Promise<boolean> {
    return this.#putAside(t('shelve.done'), (bedId) => api.shelve(bedId, kind, minutes, reason));
  }

  unshelve(kind: IncidentKind): Promise<boolean> {
    return this.#putAside(t('shelve.undone'), (bedId) => api.unshelve(bedId, kind));
  }

  async #putAside(done: string, send: (bedId: string) => Promise<BedAlarms>): Promise<boolean> {
    const bedId = this.bedId;
    if (bedId === null || this.working !== null || !this.#mayAct()) return false;
    this.working = 'shelve';
    this.windowError = null;
    const from = this.window;
    try {
      this.bedAlarms = { bedId, found: await send(bedId) };
      if (this.window === from) this.window = null;
      this.say(done);
      return true;
    } catch (error) {
      if (this.window === null) this.#complain(error);
      else this.windowError = sentenceOf(error);
      return false;
    } finally {
      this.working = null;
    }
  }

  /** Open a window; those that change an incident need one that is still open. Notes may be added after the end. */
  open(window: Window, about: Candidate | null = null): void {
    const isAboutIncident = !OF_THE_DESK.has(window);
    if (isAboutIncident && window !== 'call' && this.#target(window === 'note') === null) return;
    if (window === 'call' && this.bedId === null) return this.say(t('action.none'), true);
    if (window === 'merge' && this.others.length === 0) return this.say(t('merge.none'), true);
    this.choosing = null;
    this.windowError = null;
    this.about = about;
    this.window = window;
  }

  say(text: string, isError = false): void {
    const id = (this.#notices += 1);
    this.notices = [...this.notices.slice(-2), { id, text, isError }];
    setTimeout(() => this.drop(id), isError ? ERROR_MS : NOTICE_MS);
  }

  drop(id: number): void {
    this.notices = this.notices.filter((one) => one.id !== id);
  }

  #newest(): Incident | null {
    if (this.selectedId === null) return null;
    const listed = this.#feed.incidents.get(this.selectedId);
    if (listed !== undefined) return listed;
    return this.detail?.incident.id === this.selectedId ? this.detail.incident : null;
  }

  #target(mayBeEnded = false): Incident | null {
    const incident = this.selected;
    if (incident === null) this.say(t('action.none'), true);
    else if (isEnded(incident) && !mayBeEnded) this.say(t('action.ended'), true);
    else return incident;
    return null;
  }

  #submit(name: Exclude<CommandName, 'acknowledge' | 'undo' | 'dispatch' | 'shelve'>, send: (incident: Incident) => Promise<{ incident: Incident }>): Promise<boolean> {
    const incident = this.#target(name === 'note');
    if (incident === null) return Promise.resolve(false);
    return this.#run(name, t(`action.done.${name}`), () => send(incident));
  }

  /** One after the other: what is pressed while another command is on its way follows it, and what is pressed twice is sent once. */
  async #run(name: CommandName, done: string, send: () => Promise<{ incident: Incident }>): Promise<boolean> {
    if (this.#given.has(done)) return false;
    this.#given.add(done);
    const mine = this.#last.then(() => this.#carryOut(name, done, send));
    this.#last = mine;
    return mine;
  }

  async #carryOut(name: CommandName, done: string, send: () => Promise<{ incident: Incident }>): Promise<boolean> {
    if (!this.#mayAct()) {
      this.#given.delete(done);
      return false;
    }
    this.working = name;
    this.windowError = null;
    const from = this.window;
    try {
      const { incident } = await send();
      this.#learn(incident);
      // What somebody has opened meanwhile stays open.
      if (this.window === from) this.window = null;
      this.say(done);
      return true;
    } catch (error) {
      if (this.window === null || this.window !== from) this.#complain(error);
      else this.windowError = sentenceOf(error);
      if (error instanceof ApiError && error.isConflict) void this.loadDetail();
      return false;
    } finally {
      this.working = null;
      this.#given.delete(done);
    }
  }

  /** Without a link nothing is sent: what is on the screen may not be so any more. */
  #mayAct(): boolean {
    if (!this.isLost) return true;
    if (this.window === null) this.say(t('link.noActions'), true);
    else this.windowError = t('link.noActions');
    return false;
  }

  #judge(): void {
    for (const one of this.#feed.ordered) this.#opened.set(one.id, Date.parse(one.opened_at));
    for (const [id, at] of this.#opened) if (clock.now - at >= FLOOD_WINDOW_MS) this.#opened.delete(id);
    this.lately = newLately(this.#opened.values(), clock.now);
    this.isFlooded = isFlood(this.lately, this.isFlooded);
  }

  #learn(incident: Incident): void {
    this.#feed.learn(incident);
    if (this.detail?.incident.id === incident.id) this.detail = { ...this.detail, incident };
    this.#reloadSoon();
  }

  #hear(incident: Incident, entry: Entry | null): void {
    this.#opened.set(incident.id, Date.parse(incident.opened_at));
    if (incident.id !== this.selectedId || this.detail?.incident.id !== incident.id) return;
    const timeline = entry === null || this.detail.timeline.some((one) => one.id === entry.id) ? this.detail.timeline : [...this.detail.timeline, entry];
    this.detail = { ...this.detail, incident, timeline };
    this.#reloadSoon();
  }

  /** Candidates and messages are not part of the feed; several changes at once ask for them once. */
  #reloadSoon(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.loadDetail(), SETTLE_MS);
  }

  #complain(error: unknown): void {
    this.say(sentenceOf(error), true);
  }
}
