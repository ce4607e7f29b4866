/** Tibetan; best effort, needs a native reader. */
import type { trend as zh } from '../zh-CN/trend';
import type { Words } from '../keys';

export const trend = {
  'trend.title': 'ལུས་རྟགས་འགྱུར་ལྡོག',
  'trend.metric': 'ཚད་གཞི',
  'trend.range': 'དུས་ཡུན',
  'trend.6h': 'ཆུ་ཚོད་6',
  'trend.24h': 'ཆུ་ཚོད་24',
  'trend.7d': 'ཉིན་7',
  'trend.table': 'རེའུ་མིག',
  'trend.asTable': 'རེའུ་མིག་ཏུ་སྟོན',
  'trend.nothing': 'དུས་འདིར་{metric}གཞི་གྲངས་མེད',
  'trend.from': 'དུས',
  'trend.mean': 'ཆ་སྙོམས',
  'trend.lowest': 'དམའ་ཤོས',
  'trend.highest': 'མཐོ་ཤོས',
  'trend.gap': 'གཞི་གྲངས་མེད',
  'trend.usual': 'རྒྱུན་ལྡན་{low}–{high} (ཉིན་7)',
  'trend.usualHow': 'མི་འདིའི་ཉིན་7གྱི་གཞི་གྲངས',
  'trend.limit': 'ཉེན་བརྡའི་ཚད་{limits}',
  'trend.byAltitude': ' (མཐོ་ཚད་ལྟར)',
  'trend.summary': '{metric} {range}: ཆ་སྙོམས་{mean}། དམའ་ཤོས་{low}། མཐོ་ཤོས་{high}{unit}',
  'trend.gaps': 'བར་ཆད་{n}',
  'trend.marks': 'ཉེན་བརྡ་{n}',
  'trend.join': '། ',
} satisfies Words<typeof zh>;
