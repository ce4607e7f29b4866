/** What the compiler holds about messages: the same keys in every language, and each key in one area (pure). */

/** The texts of an area in another language: every key of the Chinese ones and no other. */
export type Words<Area> = Record<keyof Area, string>;

type KeysOf<Area> = Area extends unknown ? keyof Area : never;

/** The keys that more than one of the areas names. */
export type Twice<Areas extends readonly unknown[]> = Areas extends readonly [infer First, ...infer Rest]
  ? (keyof First & KeysOf<Rest[number]>) | Twice<Rest>
  : never;
