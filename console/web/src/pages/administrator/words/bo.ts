/** The administrator's pages in Tibetan; best effort, needs a native reader before anybody relies on it. */
import { audit } from './audit.bo';
import { circle } from './circle.bo';
import { erasures } from './erasures.bo';
import { exports } from './exports.bo';
import { faults } from './faults.bo';
import { homes } from './homes.bo';
import { imports } from './imports.bo';
import type { WordKey } from './keys';
import { people } from './people.bo';
import { settings } from './settings.bo';

export const bo = { ...people, ...circle, ...homes, ...audit, ...faults, ...imports, ...exports, ...erasures, ...settings } satisfies Record<WordKey, string>;
