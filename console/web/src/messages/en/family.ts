import type { family as zh } from '../zh-CN/family';
import type { Words } from '../keys';

export const family = {
  'family.title': 'My family',
  'family.asOf': 'as of {age}',
  'family.asOfNever': 'No data yet',
  'family.none': 'No relative is connected with your account yet. Please ask the organisation that cares for them.',
  'family.happened': '{time} {kind}',
  'family.coming': '{name} is on the way, expected at {time}',
  'family.comingSoon': '{name} is on the way',
  'family.there': '{name} arrived at {time}',
  'family.helperDone': '{name} has helped and left',
  'family.searching': 'Looking for the nearest responder; the desk is following it',
  'family.uncovered': 'Nobody has accepted yet; the desk is arranging help by hand',
  'family.handled': 'Dispatcher {name} is in charge',
} satisfies Words<typeof zh>;
