/** Tibetan; best effort, needs a native reader. Copies of what is held of a person. */
import type { exports as zh } from './exports.zh-CN';

export const exports: Record<keyof typeof zh, string> = {
  'export.title': 'རྒྱུ་ཆ་ཕྱིར་འདྲེན',
  'export.hint': 'མ་ལག་གིས་ཉར་བའི་མི་འདིའི་རྒྱུ་ཆ་ཚང་མ་ ZIP ཡིག་ཆ་གཅིག་ཏུ་སྒྲིལ (རེའུ་མིག འགྲེལ་བཤད། པར)། མི་རང་ཉིད་ཀྱི་ལྟ་བ་དང་འདྲ་བཤུས་རེ་ཞུར་ལན་འདེབས་བྱེད། མི་གཞན་གྱི་ཆ་འཕྲིན་དང་གསང་ལྡེ་ནང་དུ་མེད། སུས་ནམ་རྒྱུ་མཚན་གང་གིས་ཕྱིར་དྲངས་པ་རྩིས་ཞིབ་ཟིན་ཐོར་འགོད། མ་སྤྲད་གོང་རེ་ཞུ་བ་སུ་ཡིན་གཏན་འཁེལ་རོགས།',
  'export.whose': 'སུའི་རྒྱུ་ཆ',
  'export.resident': 'རྒན་པ {name}',
  'export.family_member': 'ནང་མི {name}',
  'export.responder': 'རོགས་སྐྱོར་པ {name}',
  'export.why': 'རྒྱུ་མཚན',
  'export.whyExample': 'དཔེར་ན: མི་རང་ཉིད་ཀྱི་ཡིག་ཐོག་རེ་ཞུ། ཨང་རྟགས …',
  'export.take': 'ཕྱིར་འདྲེན་དང་ཕབ་ལེན',
  'export.left': 'ཆུ་ཚོད 24 ནང་ད་དུང་ཐེངས {n} ཆོག (མང་ཤོས {most})',
  'export.begins': 'གྲ་སྒྲིག་བཞིན་ཡོད…',
  'export.comes': 'རྣམ་གྲངས {n} / {of}: {what} (ཕྲེང {rows} བྲིས་ཟིན)',
  'export.done': 'ཕྱིར་དྲངས་ཟིན། ཡིག་ཆ་བལྟ་ཆས་ཀྱི་ཕབ་ལེན་སྣོད་དུ་ཡོད།',
  'export.broken': 'ཕྱིར་འདྲེན་ཆད་སོང་། སྐར་མ 30 ནང་རྒྱུ་མཚན་གཅིག་པས་བསྐྱར་དུ་ཚོད་ལྟ་ན་ཐེངས་གསར་པར་མི་རྩི།',
  'export.never': 'སུས་ཀྱང་ཕྱིར་དྲངས་མེད',
  'export.at': 'དུས་ཚོད',
  'export.by': 'བྱེད་པ་པོ',
};
