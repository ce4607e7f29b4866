/** Addresses of pages: which page a path means, with what in it, and search strings (pure). */

export type Params = Readonly<Record<string, string>>;

/** What `:name` parts of a pattern stand for in a path; null where the path is another one. */
export function matchPath(pattern: string, path: string): Params | null {
  const wanted = pattern.split('/');
  const said = path.replace(/(.)\/+$/, '$1').split('/');
  if (wanted.length !== said.length) return null;
  const found: Record<string, string> = {};
  for (const [place, part] of wanted.entries()) {
    const text = said[place] ?? '';
    if (!part.startsWith(':')) {
      if (part !== text) return null;
    } else {
      if (text === '') return null;
      try {
        found[part.slice(1)] = decodeURIComponent(text);
      } catch {
        return null; // a stray percent sign names nothing
      }
    }
  }
  return found;
}

/** `?a=1&b=2` of what has a value; nothing at all where nothing has. */
export function searchOf(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (kept.length === 0) return '';
  return `?${new URLSearchParams(kept.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}
