/** Tibetan; best effort, needs a native reader. */
import type { watch as zh } from '../zh-CN/watch';
import type { Words } from '../keys';

export const watch = {
  'promise.unattended': 'ལྟ་མཁན་མེད་པའི་ཉེན་བརྡ་{n}',
  'promise.held_press_overdue': 'དུས་ཡོལ་བའི་ཚོད་ལྟའི་མནན་པ་{n}',
  'promise.late_due': 'འགོར་བའི་དུས་སྒྲིག་{n}',
  'promise.crowded': 'མི་མང་དྲགས་པའི་ཉེན་བརྡ་{n}',
  'promise.unaudited': 'ཟིན་ཐོ་མེད་པའི་ཉེན་བརྡ་{n}',
  'promise.message_stuck': 'འགགས་པའི་བརྡ་འཕྲིན་{n}',
  'promise.other': 'ཞིབ་བཤེར་གྱིས་སྐྱོན་རྙེད་ ({promise}): {n}',

  'light.engineNever': 'ཉེན་བརྡའི་འཕྲུལ་འཁོར་འཁོར་གྱི་མེད',
  'light.engineSilent': 'ཉེན་བརྡའི་འཕྲུལ་འཁོར་གྱིས་{age}ལན་མ་བཏབ',
  'light.checkNever': 'ཁས་ལེན་ཞིབ་བཤེར་འཁོར་གྱི་མེད',
  'light.checkSilent': 'ཁས་ལེན་ཞིབ་བཤེར་{age}འཁོར་མ་སོང',
  'light.lifelineSilent': 'སྲོག་ཐག་གིས་{age}ལན་མ་བཏབ',
  'light.noDatabase': 'གཞི་གྲངས་མཛོད་ལ་འབྲེལ་མ་ཐུབ',
  'light.noFeed': 'དུས་ཐོག་གསར་བསྒྱུར་འཁོར་གྱི་མེད',
  'light.unknown': 'རྒྱུ་མཚན་མི་གསལ',
  'light.andMore': '{reason}། གཞན་{n}',
  'light.why': ' རྒྱུ་མཚན: {reasons}།',

  'service.alerts': 'ཉེན་བརྡའི་འཕྲུལ་འཁོར',
  'service.lifeline': 'སྲོག་ཐག',
  'service.promises': 'ཁས་ལེན་ཞིབ་བཤེར',

  'health.ok': 'རྒྱུན་ལྡན',
  'health.alarm': 'ཉེན་བརྡ་ཡོད',
  'health.broken': 'སྐྱོན་ཡོད',
} satisfies Words<typeof zh>;
