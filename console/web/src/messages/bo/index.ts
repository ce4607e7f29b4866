/** Tibetan: fetched by those who choose it. Best effort, needs a native reader from Qinghai before anybody relies on it. */
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

export const bo = {
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
};
