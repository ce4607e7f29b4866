/** Invented people and places around Xining for trying the pages out; never part of the build. */
import type { FeatureCollection } from 'geojson';
import type { Alarm, Bed, BedDetail, Candidate, Entry, Incident, IncidentDetail, IncidentKind, OutgoingMessage, Priority, Responder, Vital } from '../src/api/types';
import type { TrendSeries } from '../src/core/trend';
import type { Closure, Station } from '../src/map/scene';

/** Numbers in [0, 1) that are the same at each start (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = seeded(15);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
const normal = (): number => random() + random() + random() + random() - 2;

const SURNAMES = '李王张刘陈杨马赵黄周吴韩冶祁星多'.split('');
const GIVEN = ['建国', '秀兰', '玉梅', '志明', '桂英', '德福', '淑珍', '永年', '凤英', '有才', '桂芳', '海云', '生莲', '占魁'];
const TIBETAN = ['扎西', '卓玛', '格桑', '次仁', '央金', '达瓦', '索南', '拉毛'];
const person = (): string => (random() < 0.25 ? pick(TIBETAN) : pick(SURNAMES) + pick(GIVEN));

const COUNTIES = [
  { county: '630102', county_name: '城东区', lat: 36.61, lon: 101.815, spread: 0.016, share: 0.22, circle: 'urban', streets: ['八一路', '康乐巷', '乐家湾'] },
  { county: '630103', county_name: '城中区', lat: 36.615, lon: 101.78, spread: 0.013, share: 0.2, circle: 'urban', streets: ['南川东路', '礼让街', '人民街'] },
  { county: '630104', county_name: '城西区', lat: 36.628, lon: 101.745, spread: 0.015, share: 0.2, circle: 'urban', streets: ['胜利路', '虎台', '西关大街'] },
  { county: '630105', county_name: '城北区', lat: 36.663, lon: 101.745, spread: 0.018, share: 0.18, circle: 'urban', streets: ['朝阳西路', '小桥大街', '马坊'] },
  { county: '630121', county_name: '大通县', lat: 36.93, lon: 101.68, spread: 0.05, share: 0.1, circle: 'rural', streets: ['桥头镇', '朔北乡', '长宁镇'] },
  { county: '630106', county_name: '湟中区', lat: 36.5, lon: 101.57, spread: 0.05, share: 0.1, circle: 'rural', streets: ['鲁沙尔镇', '多巴镇', '拦隆口镇'] },
] as const;

export const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

function makeBed(index: number): Bed {
  let draw = random();
  const place = COUNTIES.find((one) => (draw -= one.share) < 0) ?? COUNTIES[0];
  const quiet = random();
  const number = String(1 + Math.floor(random() * 6)) + String(1 + Math.floor(random() * 4)).padStart(2, '0');
  const home = place.circle === 'urban' ? `${1 + Math.floor(random() * 60)}号院${1 + Math.floor(random() * 12)}栋${number}` : `${1 + Math.floor(random() * 9)}社${1 + Math.floor(random() * 70)}号`;
  return {
    id: `bed-${String(index).padStart(4, '0')}`,
    resident_name: person(),
    address: `${pick(place.streets)}${home}`,
    lat: place.lat + normal() * place.spread,
    lon: place.lon + normal() * place.spread * 1.25,
    county: place.county,
    county_name: place.county_name,
    circle: place.circle,
    last_seen_at: quiet < 0.015 ? null : ago(quiet < 0.06 ? 400 + random() * 90_000 : random() * 60),
    in_bed: random() < 0.7,
    heart_rate: quiet < 0.015 ? null : 56 + Math.round(random() * 30),
    respiratory_rate: quiet < 0.015 ? null : 12 + Math.round(random() * 9),
    spo2: quiet < 0.03 ? null : 84 + Math.round(random() * 11),
    protection: quiet < 0.02 ? null : quiet < 0.06 ? 'no' : quiet < 0.2 ? 'partly' : 'yes',
    open_incident_id: null,
  };
}

export const beds: Bed[] = Array.from({ length: 1000 }, (_, index) => makeBed(index + 1));

export const responders: Responder[] = Array.from({ length: 36 }, (_, index) => {
  const bed = beds[index * 23] as Bed;
  const role = index % 3 === 0 ? 'staff' : index % 3 === 1 ? 'neighbour' : 'volunteer';
  return {
    id: `r-${index + 1}`,
    name: index === 0 ? '王敏' : person(),
    role,
    provider_name: role === 'staff' ? pick(['虎台社区养老服务中心', '康乐社区卫生服务站', '多巴镇互助幸福院']) : null,
    lat: (bed.lat ?? 0) + normal() * 0.004,
    lon: (bed.lon ?? 0) + normal() * 0.004,
    on_duty: index % 7 !== 6,
    busy: index % 9 === 4,
    position_at: ago(random() * 300),
  };
});

export const stations: Station[] = COUNTIES.map(({ county, county_name, lat, lon }, index) => ({ id: `p-${county}`, name: `${county_name}养老服务中心`, lat: lat + 0.002, lon: lon - 0.003, is_open: index !== 2 }));

export const closures: Closure[] = [
  { id: 1, corners: [[101.79, 36.618]], radius_m: 260, slow_factor: null, reason: '管道施工', begins_at: ago(86_400), until: ago(-90_000), ended_at: null },
  { id: 2, corners: [[101.752, 36.64], [101.76, 36.64], [101.76, 36.645], [101.752, 36.645]], radius_m: null, slow_factor: 2, reason: '积雪', begins_at: ago(8000), until: null, ended_at: null },
];

/** Outlines that look like those of roads: rings with bays, the widest first. */
export function reachOf(bed: Bed): FeatureCollection {
  const properties = { mode: 'e_bike', quantile: 'p90', basis: 'synthetic_network', is_estimate: false, direction: 'to' };
  const ring = (minutes: number): number[][] => Array.from({ length: 73 }, (_, step) => {
    const angle = ((step % 72) / 72) * 2 * Math.PI;
    const metres = (minutes - 2) * 200 * (1 + 0.14 * Math.sin(angle * 5 + minutes) + 0.08 * Math.cos(angle * 9));
    return [(bed.lon ?? 0) + (metres * Math.cos(angle)) / 89_000, (bed.lat ?? 0) + (metres * Math.sin(angle)) / 111_195];
  });
  return {
    type: 'FeatureCollection',
    features: [15, 10, 5].map((minutes) => ({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring(minutes)] }, properties: { ...properties, minutes } })),
  };
}

/** A night's dip, noise, and an hour without data now and then. */
export function seriesOf(asked: URLSearchParams): TrendSeries[] {
  const from = Date.parse(asked.get('from') ?? '');
  const until = Date.parse(asked.get('until') ?? '');
  const points = Number(asked.get('points'));
  const noise = seeded(3);
  return asked.getAll('metric').map((metric) => {
    const [middle, swing] = metric === 'heart_rate' ? [70, 8] : metric === 'spo2' ? [91, 1.5] : [16, 2];
    const all = Array.from({ length: points }, (_, index) => {
      const at = from + ((until - from) * index) / points;
      const mean = middle + swing * Math.sin((at / 86_400_000) * 2 * Math.PI) + (noise() - 0.5) * swing;
      return { at: new Date(at).toISOString(), n: 5, min: mean - swing * 0.4 * noise(), max: mean + swing * 0.5 * noise(), mean };
    });
    const kept = all.filter((point) => (Date.parse(point.at) / 3_600_000) % 9 > 0.8);
    return { metric, label: metric, unit: metric === 'spo2' ? '%' : '/min', step_s: (until - from) / 1000 / points, points: kept };
  });
}

let made = 0;
export function makeIncident(bed: Bed, kind: IncidentKind, priority: Priority, pressedAgoS: number, changes: Partial<Incident> = {}): Incident {
  made += 1;
  const id = `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
  const { resident_name, address, county, county_name, lat, lon, circle } = bed;
  return {
    id,
    bed_id: bed.id,
    ...{ resident_name, address, county, county_name, lat, lon, circle, kind, priority },
    state: 'SEARCHING',
    level: 0,
    late: false,
    verification: 'none',
    opened_at: ago(pressedAgoS - 0.2),
    pressed_at: ago(pressedAgoS),
    deadline_at: ago(pressedAgoS - (circle === 'urban' ? 900 : 1800)),
    acknowledged_at: null,
    acknowledged_by: null,
    dispatched_at: ago(pressedAgoS - 0.4),
    accepted_at: null,
    arrived_at: null,
    closed_at: null,
    closed_by: null,
    outcome_code: null,
    owner: null,
    helpers: [],
    offers_open: 2,
    reason: '',
    ...changes,
  };
}

function distanceM(bed: Bed, responder: Responder): number {
  const north = ((bed.lat ?? 0) - (responder.lat ?? 0)) * 111_195;
  const east = ((bed.lon ?? 0) - (responder.lon ?? 0)) * 111_195 * 0.8;
  return Math.hypot(north, east) * 1.4;
}

export function candidatesFor(bed: Bed): Candidate[] {
  const all = responders.map((one) => {
    const distance = distanceM(bed, one);
    const seconds = 120 + distance / ((bed.circle === 'urban' ? 16 : 40) / 3.6);
    return { one, distance, seconds, eligible: one.on_duty && !one.busy };
  });
  all.sort((one, other) => Number(other.eligible) - Number(one.eligible) || one.seconds - other.seconds);
  return all.slice(0, 12).map(({ one, distance, seconds, eligible }, index) => ({
    responder_id: one.id,
    name: one.name,
    role: one.role,
    provider_name: one.provider_name,
    rank: eligible ? index + 1 : null,
    eligible,
    why: !one.on_duty ? 'off_duty' : one.busy ? 'busy' : seconds > 900 ? 'outside_circle' : one.role === 'staff' ? 'contracted_provider' : 'nearest',
    travel_p50_s: Math.round(seconds),
    travel_p90_s: Math.round(seconds * 1.3),
    basis: index % 2 === 0 ? 'straight_line_model' : 'road_network',
    distance_m: Math.round(distance),
    place_from: index % 3 === 2 ? 'base' : 'position',
    position_age_s: index % 3 === 2 ? 2400 : 30 + index * 40,
    travel_mode: one.role === 'staff' ? 'e_bike' : 'walk',
    skills: one.role === 'staff' ? ['first_aid', 'nursing'] : index % 4 === 1 ? ['lifting'] : [],
    accepts: one.role === 'staff' ? 0.78 : one.role === 'neighbour' ? 0.55 : 0.23,
    went_lately: index % 3,
    sole_cover: index === 2 ? 3 : 0,
    offer: eligible && index < 2 ? { id: `offer-${index}`, state: 'SENT' } : null,
  }));
}

let entries = 0;
export function makeEntry(step: string, actor: string, reason: string, agoS = 0): Entry {
  entries += 1;
  return { id: String(entries), at: ago(agoS), step, actor, reason, detail: {} };
}

export function timelineOf(incident: Incident): Entry[] {
  const since = (Date.now() - Date.parse(incident.pressed_at)) / 1000;
  const offered = (name: string, seconds: number): Entry => ({
    ...makeEntry('offered', 'engine', 'nearest', since - 0.4),
    detail: { name, wave: 1, basis: 'straight_line_model', offer: `offer-${name}`, responder: name, travel_p50_s: seconds },
  });
  return [
    makeEntry('received', 'detect', `event ${incident.kind}`, since - 0.2),
    makeEntry('searching', 'engine', 'search for the nearest helper', since - 0.3),
    offered('王敏', 372),
    offered('扎西', 511),
    makeEntry('told_family', 'notify', 'opened_0 by webhook', since - 0.6),
    ...(incident.acknowledged_at === null ? [] : [makeEntry('acknowledged', 'account:1', `taken by ${incident.acknowledged_by ?? ''}`, since - 40)]),
  ];
}

export const messages: OutgoingMessage[] = [
  { id: 'm1', channel: 'webhook', recipient: '王敏', state: 'DELIVERED', sent_at: ago(60), attempts: 1, reason: null },
  { id: 'm2', channel: 'email', recipient: '李娜（女儿）', state: 'PROVIDER_OK', sent_at: ago(58), attempts: 1, reason: null },
  { id: 'm3', channel: 'webhook', recipient: '扎西', state: 'FAILED_TEMP', sent_at: ago(50), attempts: 2, reason: '连接被拒绝' },
];

const told = { bed_id: 'bed-0', device: 'mat-1', why: {}, incident_id: null, rules_version: 1, corrected_at: null, noted_at: ago(300) };
export const alarms = (): Alarm[] => [
  { ...told, id: 1, kind: 'heart_rate', priority: 2, raised_at: ago(320), cleared_at: null, text: '心率 128 次/分，高于 120 已持续 3 分钟', held_back: null, correction: null, correction_text: null },
  { ...told, id: 2, kind: 'lost_signal', priority: 3, raised_at: ago(9000), cleared_at: ago(7000), text: '床垫监测带 31 分钟没有数据', held_back: null, correction: 'delayed', correction_text: '设备一直在记录，只是通信中断' },
];

/** What the sensors of a bed have measured last; the oxygen is old, and what was never measured is left out. */
function vitalsOf(bed: Bed): Vital[] {
  const at = bed.last_seen_at;
  const found: [string, number | boolean | null, string, string | null][] = [
    ['heart_rate', bed.heart_rate, '/min', at],
    ['respiratory_rate', bed.respiratory_rate, '/min', at],
    ['spo2', bed.spo2, '%', at === null ? null : ago(420)],
    ['in_bed', bed.in_bed, '', at],
    ['room_temperature', 18.4, 'Cel', ago(70)],
  ];
  return found.flatMap(([metric, value, unit, measured_at]) =>
    value === null || measured_at === null ? [] : [{ metric, value, unit, measured_at }],
  );
}

export function bedDetail(bed: Bed): BedDetail {
  return {
    bed,
    whereabouts: { place: 'bed', asleep: true, since: ago(5400), seen_at: ago(26) },
    protection: {
      state: 'partly',
      at: ago(30),
      capabilities: [
        { capability: 'gateway', device: '', holds: true, why: '', heard_at: ago(12), valid_s: 300 },
        { capability: 'call', device: 'sos-1', holds: true, why: '', heard_at: ago(5400), valid_s: 90_000 },
        { capability: 'smoke', device: 'smoke-1', holds: false, why: 'silent', heard_at: ago(190_000), valid_s: 90_000 },
      ],
    },
    vitals: vitalsOf(bed),
    devices: [
      { id: 'mat-1', model: '床垫监测带', last_seen_at: bed.last_seen_at, battery: null },
      { id: 'sos-1', model: '一键呼叫按钮', last_seen_at: ago(5400), battery: 87 },
    ],
    contacts: [
      { name: '李娜', relation: '女儿', phone: '139-0000-0001', place: 10 },
      { name: '韩占魁', relation: '邻居', phone: '139-0000-0002', place: 20 },
    ],
  };
}

export function detailOf(incident: Incident, timeline: Entry[]): IncidentDetail {
  const bed = beds.find((one) => one.id === incident.bed_id) as Bed;
  return { incident, timeline, candidates: candidatesFor(bed), messages, alarms: [] };
}
