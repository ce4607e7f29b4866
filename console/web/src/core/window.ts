/** Which rows of a long list are on the screen (pure). */

export interface Rows {
  from: number;
  to: number;
  /** Height of what is left out above, in pixels. */
  above: number;
  total: number;
}

/** Rows of one height; a few more than visible, so that scrolling shows no gaps. */
export function visibleRows(count: number, rowHeight: number, scrollTop: number, height: number): Rows {
  const spare = 6;
  const from = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const to = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return { from: Math.min(from, to), to, above: Math.min(from, to) * rowHeight, total: count * rowHeight };
}
