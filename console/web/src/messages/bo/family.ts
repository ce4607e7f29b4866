/** Tibetan; best effort, needs a native reader before anybody relies on it. */
import type { family as zh } from '../zh-CN/family';
import type { Words } from '../keys';

export const family = {
  'family.title': 'ནང་མིའི་གནས་ཚུལ',
  'family.asOf': '{age}གནས་ཚུལ',
  'family.asOfNever': 'ད་དུང་གཞི་གྲངས་མེད',
  'family.none': 'ཁྱེད་ཀྱི་ཐོ་མིང་ལ་ནང་མི་སྦྲེལ་མེད། ལས་ཁུངས་ལ་འབྲེལ་བ་གནང་རོགས།',
  'family.happened': '{time} {kind}',
  'family.coming': '{name} འགྲོ་བཞིན་ཡོད། {time} ལ་འབྱོར་རྩིས',
  'family.comingSoon': '{name} འགྲོ་བཞིན་ཡོད',
  'family.there': '{name} {time} ལ་འབྱོར་སོང',
  'family.helperDone': '{name} གིས་ཐག་གཅོད་བྱས་ནས་ཐོན',
  'family.searching': 'ཐག་ཉེ་ཤོས་ཀྱི་མི་འཚོལ་བཞིན་ཡོད། ལྟེ་གནས་ཀྱིས་ལྟ་བཞིན་ཡོད',
  'family.uncovered': 'ད་དུང་སུས་ཀྱང་ཁས་མ་བླངས། ལྟེ་གནས་ཀྱིས་བཀོད་སྒྲིག་བྱེད་བཞིན་ཡོད',
  'family.handled': 'བཀོད་གཏོང་པ་ {name} གིས་འགན་ཁུར་བཞིན་ཡོད',
} satisfies Words<typeof zh>;
