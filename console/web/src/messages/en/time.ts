import type { time as zh } from '../zh-CN/time';
import type { Words } from '../keys';

export const time = {
  'age.never': 'never received',
  'age.now': 'just now',
  'age.seconds': '{n} s ago',
  'age.minutes': '{n} min ago',
  'age.hours': '{n} h ago',
  'age.days': '{n} d ago',
  'age.span': '{n} s',
  'age.before': '{age} ago',

  'span.seconds': '{n} s',
  'span.minutes': '{n} min',
  'span.hours': '{n} h',
  'span.days': '{n} d',

  'travel.about': 'about {n} min',
  'travel.basis': 'about {n} min ({basis})',
  'travel.unknown': 'way unknown',
  'travel.usualAndSlow': 'about {n} min, {slow} min when slow',
  'travel.from': 'from {place}',
  'travel.positionAge': ' ({age} ago)',
  'travel.positionUnused': ' (position is {age} old, not used)',

  'distance.m': '{n} m',
  'distance.km': '{n} km',
} satisfies Words<typeof zh>;
