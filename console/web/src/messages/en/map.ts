import type { map as zh } from '../zh-CN/map';
import type { Words } from '../keys';

export const map = {
  'map.title': 'Map',
  'map.summary': 'Beds: {beds}; responders on duty: {responders}; open alarms: {incidents}. The bed board on the right lists the beds as well.',
  'map.zoomIn': 'Zoom in',
  'map.zoomOut': 'Zoom out',
  'map.all': 'Show all',
  'map.bed': 'Bed',
  'map.free': 'Responder',
  'map.busy': 'On a task',
  'map.ring': '{n} min',
  'map.ringBasis': '{n} min (straight line)',
  'map.basis.urban': 'Circles: electric bicycle, straight line, not the road network',
  'map.basis.herding': 'Circles: car on mountain tracks, straight line, not the road network',
  'map.basis.rural': 'Circles: car, straight line, not the road network',
  'map.basis.none': 'The squares are a distance grid; distances are straight lines',
  'map.km': '{n} km',
  'map.metres': '{n} m',
} satisfies Words<typeof zh>;
