/** Whether the platform itself is well: the green light, promises, services. */
export const watch = {
  'promise.unattended': '{n} 起报警无人跟进',
  'promise.held_press_overdue': '{n} 次测试按键逾期未转为求助',
  'promise.late_due': '{n} 个计时器迟到',
  'promise.crowded': '{n} 起报警派出人数超过所需',
  'promise.unaudited': '{n} 起报警缺少记录',
  'promise.message_stuck': '{n} 条通知滞留未发',
  'promise.other': '检查发现问题（{promise}）：{n} 处',

  'light.engineNever': '告警引擎没有运行',
  'light.engineSilent': '告警引擎已 {age}没有响应',
  'light.checkNever': '守望检查没有运行',
  'light.checkSilent': '守望检查已 {age}没有运行',
  'light.lifelineSilent': '生命线已 {age}没有响应',
  'light.noDatabase': '数据库连不上',
  'light.noFeed': '实时更新没有运行',
  'light.unknown': '原因未知',
  'light.andMore': '{reason}，另有 {n} 项',
  'light.why': '原因：{reasons}。',

  'service.alerts': '告警引擎',
  'service.lifeline': '生命线',
  'service.promises': '守望检查',

  'health.ok': '正常',
  'health.alarm': '有告警',
  'health.broken': '有故障',
} as const;
