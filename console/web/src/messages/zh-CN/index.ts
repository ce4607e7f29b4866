/** Chinese (simplified), the first language: its keys are the keys of all languages. One file an area. */
import type { Twice } from '../keys';
import { account } from './account';
import { admin } from './admin';
import { app } from './app';
import { bed } from './bed';
import { codes } from './codes';
import { desk } from './desk';
import { family } from './family';
import { map } from './map';
import { phones } from './phones';
import { refusals } from './refusals';
import { shifts } from './shifts';
import { steps } from './steps';
import { time } from './time';
import { trend } from './trend';
import { watch } from './watch';

const areas = [app, time, codes, shifts, steps, watch, desk, bed, trend, map, phones, refusals, family, account, admin] as const;

/** A key that two areas name would silently lose one of its texts; this line does not compile then, and says which. */
const twice: Twice<typeof areas> extends never ? null : Twice<typeof areas> = null;
void twice;

export const zhCN = {
  ...app,
  ...time,
  ...codes,
  ...shifts,
  ...steps,
  ...watch,
  ...desk,
  ...bed,
  ...trend,
  ...map,
  ...phones,
  ...refusals,
  ...family,
  ...account,
  ...admin,
} as const;
