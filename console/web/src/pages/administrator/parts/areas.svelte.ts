/** The divisions of one's area by code, asked for once a visit. */
import { coverage } from '../../../api/administration';
import { api } from '../../../api/client';

interface Area {
  code: string;
  name: string;
}

class Areas {
  all = $state.raw<readonly Area[]>([]);
  #asked = false;

  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      const [beds, summary] = await Promise.all([api.beds(), coverage.summary({ area: null, hour: null, circle: null })]);
      const found = new Map<string, string>(beds.map((bed) => [bed.county, bed.county_name]));
      for (const one of [...summary.below, ...(summary.area === null ? [] : [summary.area])]) if (one.area_name !== null) found.set(one.area_code, one.area_name);
      this.all = [...found].map(([code, name]) => ({ code, name })).sort((one, other) => (one.code < other.code ? -1 : 1));
    } catch {
      this.#asked = false; // names are a help: codes can be typed without them, and the next page asks again
    }
  }

  nameOf(code: string): string | null {
    return this.all.find((one) => one.code === code)?.name ?? null;
  }
}

export const areas = new Areas();
