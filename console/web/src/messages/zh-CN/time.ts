/** Ages, spans, ways and distances. */
export const time = {
  'age.never': '从未收到',
  'age.now': '刚刚',
  'age.seconds': '{n}秒前',
  'age.minutes': '{n}分钟前',
  'age.hours': '{n}小时前',
  'age.days': '{n}天前',
  'age.span': '{n} 秒',
  'age.before': '{age}前',

  'span.seconds': '{n} 秒',
  'span.minutes': '{n} 分钟',
  'span.hours': '{n} 小时',
  'span.days': '{n} 天',

  'travel.about': '约{n}分钟',
  'travel.basis': '约{n}分钟（{basis}）',
  'travel.unknown': '路程未知',
  'travel.usualAndSlow': '约{n}分钟，慢时{slow}分钟',
  'travel.from': '从{place}出发',
  'travel.positionAge': '（{age}前）',
  'travel.positionUnused': '（位置是{age}前的，未用）',

  'distance.m': '{n} 米',
  'distance.km': '{n} 公里',
} as const;
