import type { watch as zh } from '../zh-CN/watch';
import type { Words } from '../keys';

export const watch = {
  'promise.unattended': 'alarms that nobody follows: {n}',
  'promise.held_press_overdue': 'test presses held too long: {n}',
  'promise.late_due': 'late timers: {n}',
  'promise.crowded': 'alarms with more people than needed: {n}',
  'promise.unaudited': 'alarms without a record: {n}',
  'promise.message_stuck': 'messages stuck: {n}',
  'promise.other': 'the check found a fault ({promise}): {n}',

  'light.engineNever': 'the alarm engine is not running',
  'light.engineSilent': 'the alarm engine has not answered for {age}',
  'light.checkNever': 'the promise check is not running',
  'light.checkSilent': 'the promise check has not run for {age}',
  'light.lifelineSilent': 'the lifeline has not answered for {age}',
  'light.noDatabase': 'the database cannot be reached',
  'light.noFeed': 'live updates are not running',
  'light.unknown': 'reason unknown',
  'light.andMore': '{reason}, and {n} more',
  'light.why': ' Reason: {reasons}.',

  'service.alerts': 'Alarm engine',
  'service.lifeline': 'Lifeline',
  'service.promises': 'Promise check',

  'health.ok': 'Well',
  'health.alarm': 'Alarm',
  'health.broken': 'Broken',
} satisfies Words<typeof zh>;
