/** Tibetan; best effort, needs a native reader. */
import type { time as zh } from '../zh-CN/time';
import type { Words } from '../keys';

export const time = {
  'age.never': 'འབྱོར་མ་མྱོང་',
  'age.now': 'ད་གཟོད',
  'age.seconds': 'སྐར་ཆ་{n}སྔོན',
  'age.minutes': 'སྐར་མ་{n}སྔོན',
  'age.hours': 'ཆུ་ཚོད་{n}སྔོན',
  'age.days': 'ཉིན་{n}སྔོན',
  'age.span': 'སྐར་ཆ་{n}',
  'age.before': '{age}སྔོན',

  'span.seconds': 'སྐར་ཆ་{n}',
  'span.minutes': 'སྐར་མ་{n}',
  'span.hours': 'ཆུ་ཚོད་{n}',
  'span.days': 'ཉིན་{n}',

  'travel.about': 'སྐར་མ་{n}ཙམ',
  'travel.basis': 'སྐར་མ་{n}ཙམ ({basis})',
  'travel.unknown': 'ལམ་ཐག་མི་གསལ',
  'travel.usualAndSlow': 'སྐར་མ་{n}ཙམ། དལ་ན་སྐར་མ་{slow}',
  'travel.from': '{place}ནས་ཐོན',
  'travel.positionAge': ' ({age}སྔོན)',
  'travel.positionUnused': ' (གནས་ས་{age}སྔོན་གྱི་ཡིན་པས་མ་སྤྱད)',

  'distance.m': 'སྨི་{n}',
  'distance.km': 'སྤྱི་ལེ་{n}',
} satisfies Words<typeof zh>;
