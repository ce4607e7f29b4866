/** Tibetan; best effort, needs a native reader. */
import type { map as zh } from '../zh-CN/map';
import type { Words } from '../keys';

export const map = {
  'map.title': 'ས་ཁྲ',
  'map.summary': 'མལ་ཁྲི་{beds}། ལས་རེས་ཀྱི་རོགས་སྐྱོར་པ་{responders}། མ་རྫོགས་པའི་ཉེན་བརྡ་{incidents}། མལ་ཁྲི་གཡས་ཀྱི་བྱང་བུར་ཡང་ཡོད།',
  'map.zoomIn': 'ཆེར་གཏོང',
  'map.zoomOut': 'ཆུང་དུ་གཏོང',
  'map.all': 'ཡོངས་སྟོན',
  'map.bed': 'མལ་ཁྲི',
  'map.free': 'རོགས་སྐྱོར་པ',
  'map.busy': 'ལས་འགན་ཐོག',
  'map.ring': 'སྐར་མ་{n}',
  'map.ringBasis': 'སྐར་མ་{n} (ཐད་ཐིག་ཚོད་དཔག)',
  'map.basis.urban': 'སྒོར་ཐིག: གློག་སྒུལ་རྐང་འཁོར། ཐད་ཐིག་ཚོད་དཔག་ལས་ལམ་དངོས་མིན',
  'map.basis.herding': 'སྒོར་ཐིག: རླངས་འཁོར་དང་རི་ལམ། ཐད་ཐིག་ཚོད་དཔག་ལས་ལམ་དངོས་མིན',
  'map.basis.rural': 'སྒོར་ཐིག: རླངས་འཁོར། ཐད་ཐིག་ཚོད་དཔག་ལས་ལམ་དངོས་མིན',
  'map.basis.none': 'གྲུ་བཞི་ནི་རྒྱང་ཐག་གི་དྲ་མིག། རྒྱང་ཐག་ཐད་ཐིག་ལྟར་བརྩིས',
  'map.km': 'སྤྱི་ལེ་{n}',
  'map.metres': 'སྨི་{n}',
} satisfies Words<typeof zh>;
