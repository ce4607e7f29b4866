/** Brings a row into view inside its own list; `scrollIntoView` would move the whole page along. */

/** Scroll `list` as little as needed, or so that `element` is on top. */
export function revealIn(element: HTMLElement, list: HTMLElement | null, where: 'nearest' | 'top' = 'nearest'): void {
  if (list === null) return;
  const row = element.getBoundingClientRect();
  const frame = list.getBoundingClientRect();
  if (where === 'top' || row.top < frame.top) list.scrollTop += row.top - frame.top;
  else if (row.bottom > frame.bottom) list.scrollTop += row.bottom - frame.bottom;
}
