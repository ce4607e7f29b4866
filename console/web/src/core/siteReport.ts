/** Where the next stations would help most, out of the JSON that the search writes (pure). */

export interface SiteReport {
  beds: number;
  withoutCover: number;
  candidates: number;
  isEstimate: boolean;
  gained: number;
  /** How far from the best the answer can be at most; 0 is proven. */
  gap: number;
  beyond: number;
  beyondIds: string[];
  stations: { order: number; near: string; lat: number; lon: number; beds: number; shareAfter: number | null }[];
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
const count = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** What a newer server leaves out counts as nothing. */
export function sitesOf(said: Readonly<Record<string, unknown>>): SiteReport {
  const beyond = objectOf(said.beyond_reach);
  return {
    beds: count(said.beds),
    withoutCover: count(said.without_cover),
    candidates: count(said.candidates),
    isEstimate: said.is_estimate === true,
    gained: count(said.gained),
    gap: count(said.gap),
    beyond: count(beyond.beds),
    beyondIds: listOf(beyond.ids).map(String),
    stations: listOf(said.stations).map((value) => {
      const one = objectOf(value);
      return { order: count(one.order), near: String(one.near ?? ''), lat: count(one.lat), lon: count(one.lon), beds: count(one.beds), shareAfter: typeof one.share_after === 'number' ? one.share_after : null };
    }),
  };
}
