/** Router: the address of the page as state; asks before changes that were not kept are lost (I/O: history, address). */

/** Whether what is on the page would be lost; asked at each move. */
type Hold = () => boolean;

class Router {
  path = $state(location.pathname);
  search = $state.raw(new URLSearchParams(location.search));
  /** Where somebody wants to go although changes would be lost: the page asks, then says `leave` or `stay`. */
  wanted = $state.raw<(() => void) | null>(null);

  #place = Number(history.state?.place ?? 0);
  #holds = new Set<Hold>();
  #isSettingBack = false;

  constructor() {
    history.replaceState({ place: this.#place }, '');
    addEventListener('popstate', (event: PopStateEvent) => this.#onMoved(Number((event.state as { place?: number } | null)?.place ?? 0)));
    addEventListener('beforeunload', (event) => {
      if (this.#isHeld) event.preventDefault();
    });
  }

  /** Go to an address of ours; with `isReplacing` the back button skips the present one. */
  go(to: string, isReplacing = false): void {
    const url = new URL(to, location.href);
    if (url.pathname === location.pathname && isReplacing) this.#move(url, true);
    else this.#ask(() => this.#move(url, isReplacing));
  }

  /** Change values of the search string in place: a filter is no step back. */
  set(values: Readonly<Record<string, string | null>>): void {
    const search = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === '') search.delete(name);
      else search.set(name, value);
    }
    const text = search.toString();
    this.#move(new URL(`${location.pathname}${text === '' ? '' : `?${text}`}`, location.href), true);
  }

  /** Have moves ask first as long as this says yes; returns how to end it. */
  hold(isUnsaved: Hold): () => void {
    this.#holds.add(isUnsaved);
    return () => this.#holds.delete(isUnsaved);
  }

  leave(): void {
    const go = this.wanted;
    this.wanted = null;
    this.#holds.clear();
    go?.();
  }

  stay(): void {
    this.wanted = null;
  }

  get #isHeld(): boolean {
    return [...this.#holds].some((isUnsaved) => isUnsaved());
  }

  #ask(go: () => void): void {
    if (this.#isHeld) this.wanted = go;
    else go();
  }

  #move(url: URL, isReplacing: boolean): void {
    if (!isReplacing) this.#place += 1;
    history[isReplacing ? 'replaceState' : 'pushState']({ place: this.#place }, '', url);
    this.#read();
  }

  /** The browser has moved already: where changes would be lost it is moved back until somebody has decided. */
  #onMoved(place: number): void {
    const steps = place - this.#place;
    if (this.#isSettingBack) {
      this.#isSettingBack = false;
      return;
    }
    if (steps !== 0 && this.#isHeld) {
      this.#isSettingBack = true;
      history.go(-steps);
      this.wanted = () => history.go(steps);
      return;
    }
    this.#place = place;
    this.#read();
  }

  #read(): void {
    this.path = location.pathname;
    this.search = new URLSearchParams(location.search);
  }
}

export const router = new Router();

/** For `onclick` of a whole page: plain clicks on links of ours move without loading anew. */
export function followLinks(event: MouseEvent, prefix: string): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (link.pathname !== prefix && !link.pathname.startsWith(`${prefix}/`)) return;
  event.preventDefault();
  router.go(link.href);
}
