/** The relatives' phone. */
export const family = {
  'family.title': '家人近况',
  'family.asOf': '{age}的情况',
  'family.asOfNever': '还没有数据',
  'family.none': '您的账号还没有关联的家人，请联系所在机构。',
  'family.happened': '{time} {kind}',
  'family.coming': '{name} 正赶过去，预计 {time} 到',
  'family.comingSoon': '{name} 正赶过去',
  'family.there': '{name} 已在 {time} 到达',
  'family.helperDone': '{name} 已处理并离开',
  'family.searching': '正在寻找离家最近的响应人员，调度台在跟进',
  'family.uncovered': '还没有人接单，调度台正在人工安排',
  'family.handled': '调度员 {name} 在负责',
} as const;
