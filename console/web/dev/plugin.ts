/** A stand-in for the console's server while the pages are being made: sample data, one process, nothing kept. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import type { Assignment, Incident, Me, MyOffers, Offer, Role, Shelf } from '../src/api/types';
import { serveMap } from './map.ts';
import * as sample from './sample.ts';

/** What the real server sends with the pages; `npx vite preview` shows whether the build can live with it. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

type Said = Record<string, unknown>;
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const urban = sample.beds.filter((bed) => bed.circle === 'urban');
const bedAt = (index: number) => urban[index] as (typeof urban)[number];
const incidents = new Map<string, Incident>();
const timelines = new Map<string, ReturnType<typeof sample.timelineOf>>();
const streams = new Set<ServerResponse>();
let isSilent = false;
let shelves: Shelf[] = [];
let broken: Record<string, number> = {};
let feedNumber = 0;
let offer: Offer | null = null;
let assignment: Assignment | null = null;
let isOnDuty = true;
let isOnShift = true;
const mine = (): MyOffers => ({ offers: offer === null ? [] : [offer], assignment, on_duty: isOnDuty, consents: true, family_may_call: false, position_at: null });

function add(incident: Incident): void {
  incidents.set(incident.id, incident);
  timelines.set(incident.id, sample.timelineOf(incident));
  const bed = sample.beds.find((one) => one.id === incident.bed_id);
  if (bed !== undefined) bed.open_incident_id = incident.id;
}

function begin(): void {
  const helper = { assignment_id: 'as-9', responder_id: 'r-4', name: '马桂芳', state: 'MOVING', eta_at: sample.ago(-260), accepted_at: sample.ago(100), arrived_at: null } as const;
  const there = { ...helper, assignment_id: 'as-8', responder_id: 'r-7', name: '扎西', state: 'ARRIVED', eta_at: sample.ago(80), arrived_at: sample.ago(70) } as const;
  add(sample.makeIncident(bedAt(3), 'sos', 1, 411));
  add(sample.makeIncident(bedAt(3), 'fall', 1, 380, { verification: 'confirmed' }));
  add(sample.makeIncident(bedAt(40), 'fall', 1, 136));
  add(sample.makeIncident(bedAt(77), 'sos', 1, 931, { state: 'UNCOVERED', level: 2, acknowledged_at: sample.ago(800), acknowledged_by: '赵主管', owner: '赵主管', offers_open: 0 }));
  add(sample.makeIncident(bedAt(120), 'smoke', 1, 200, { state: 'EN_ROUTE', acknowledged_at: sample.ago(180), acknowledged_by: '陈调度', accepted_at: sample.ago(100), helpers: [helper], offers_open: 0 }));
  add(sample.makeIncident(bedAt(200), 'water', 2, 301));
  add(sample.makeIncident(bedAt(310), 'unreadable', 3, 21, { late: true }));
  add(sample.makeIncident(bedAt(410), 'sos', 1, 640, { state: 'ON_SCENE', acknowledged_at: sample.ago(600), acknowledged_by: '陈调度', accepted_at: sample.ago(540), arrived_at: sample.ago(70), helpers: [there], offers_open: 0 }));
}

const open = (): Incident[] => [...incidents.values()].filter((one) => one.state !== 'CLOSED' && one.state !== 'MERGED');
const now = (): string => new Date().toISOString();

function send(to: ServerResponse, event: string, said: unknown, id?: number): void {
  to.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(said)}\n\n`);
}

function change(id: string, changes: Partial<Incident>, step: string, actor: string, reason = ''): { incident: Incident } {
  const incident = { ...must(id), ...changes };
  const entry = sample.makeEntry(step, actor, reason);
  if (!incidents.has(id)) add(incident);
  incidents.set(id, incident);
  timelines.get(id)?.push(entry);
  feedNumber += 1;
  if (!isSilent) for (const stream of streams) send(stream, 'incident', { incident, entry }, feedNumber);
  return { incident };
}

function must(id: string): Incident {
  const incident = incidents.get(id);
  if (incident === undefined) throw new Refused(404, 'not_found', '没有这起报警');
  return incident;
}

function raise(): { incident: Incident } {
  const bed = bedAt(Math.floor(Math.random() * urban.length));
  const incident = sample.makeIncident(bed, Math.random() < 0.5 ? 'sos' : 'fall', 1, 0);
  add(incident);
  return change(incident.id, {}, 'received', 'engine');
}

function makeOffer(): void {
  const incident = open()[0] as Incident;
  offer = {
    ...{ id: 'offer-1', incident_id: incident.id, kind: incident.kind, area_name: '城东区 八一路街道', distance_m: 1130, travel_p50_s: 372 },
    ...{ basis: 'straight_line_model', sent_at: now(), expires_at: sample.ago(-120), state: 'SENT' },
  };
}

const roles: Record<string, [string, Role]> = {
  dispatcher: ['陈调度', 'dispatcher'],
  responder: ['王敏', 'responder'],
  family: ['李娜', 'family'],
  admin: ['周管理', 'administrator'],
};
const meOf = (login: string): Me => {
  const known = roles[login];
  if (known === undefined) throw new Refused(401, 'unauthenticated', '请先登录。');
  return { login, name: known[0], role: known[1], area_code: '6301', area_name: '西宁市', responder_id: known[1] === 'responder' ? 'r-1' : null, pending: null };
};

function answer(method: string, path: string, who: string, said: Said): unknown {
  const name = roles[who]?.[0] ?? '';
  const [, group, id = '', action = ''] = /^\/api\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?(?:\/\w+)?$/.exec(path) ?? [];
  if (group !== 'dev') meOf(who);
  switch (group === 'dev' ? `${method} ${path}` : `${method} ${group}${action ? `/${action}` : ''}`) {
    case 'GET me':
      return meOf(who);
    case 'GET incidents':
      return id === '' ? open() : sample.detailOf(must(id), timelines.get(id) ?? []);
    case 'POST incidents/acknowledge':
      if (must(id).acknowledged_at !== null) throw new Refused(409, 'conflict', `${must(id).acknowledged_by}已先确认`);
      return change(id, { acknowledged_at: now(), acknowledged_by: name, owner: name }, 'acknowledged', name);
    case 'POST incidents/dispatch':
      return change(id, { state: 'SEARCHING', offers_open: must(id).offers_open + 1 }, 'dispatched', name, String(said.reason));
    case 'POST incidents/assign': {
      const eta_at = sample.ago(-400);
      const helper = { assignment_id: `as-${feedNumber}`, responder_id: String(said.responder_id), name: '已指派人员', state: 'ACCEPTED', eta_at, accepted_at: now(), arrived_at: null } as const;
      return change(id, { state: 'ASSIGNED', accepted_at: now(), helpers: [...must(id).helpers, helper] }, 'assigned_by_desk', name, String(said.reason));
    }
    case 'POST incidents/verify': {
      const verification = said.verification as Incident['verification'];
      return change(id, { verification }, `verification_${verification}`, name, String(said.note));
    }
    case 'POST incidents/merge':
      change(String(said.into), {}, 'joined', name, `${must(id).kind}事件并入：${String(said.reason)}`);
      return change(id, { state: 'MERGED', closed_at: now(), closed_by: name }, 'merged', name, String(said.reason));
    case 'POST incidents/escalate':
      return change(id, { level: Math.min(4, must(id).level + 1) }, 'escalated', name, String(said.reason));
    case 'POST incidents/note':
      return change(id, {}, 'note', name, String(said.text));
    case 'POST incidents/close':
      return change(id, { state: 'CLOSED', closed_at: now(), closed_by: name }, 'closed', name, String(said.note));
    case 'POST incidents/unacknowledge':
      return change(id, { acknowledged_at: null, acknowledged_by: null, owner: null }, 'unacknowledged', name);
    case 'GET shift':
    case 'POST shift': {
      if (method === 'POST') isOnShift = true;
      const mine = { account_id: 1, name, role: 'dispatcher', area_code: '6301', began_at: sample.ago(3000), heard_at: sample.ago(3000) };
      const other = { ...mine, account_id: 2, name: '赵主管', role: 'supervisor', began_at: sample.ago(9000) };
      return { mine: isOnShift ? mine : null, on_shift: isOnShift ? [mine, other] : [other], waiting: null };
    }
    case 'GET handovers':
      return [];
    case 'GET beds/home':
      return { phone: '0971-000-0000', key_safe: '门口电表箱内，密码请问调度台', hazards: '家里有一只大狗', past: [] };
    case 'GET beds/alarms':
    case 'POST beds/shelves':
      if (method === 'POST') shelves = [{ bed_id: id, begins_at: now(), kind: said.kind as Incident['kind'], reason: String(said.reason), by_name: name, until: sample.ago(-60 * Number(said.minutes)) }];
      return { alarms: sample.alarms(), shelves };
    case 'DELETE beds/shelves':
      shelves = [];
      return { alarms: sample.alarms(), shelves };
    case 'GET beds':
      return id === '' ? sample.beds : sample.bedDetail(sample.beds.find((bed) => bed.id === id) ?? bedAt(0));
    case 'GET responders':
      return sample.responders;
    case 'GET my':
      return mine();
    case 'POST my':
      isOnDuty = said.on_duty === true;
      return mine();
    case 'POST offers/accept': {
      const incident = open()[0] as Incident;
      const { kind, resident_name, address, lat, lon } = incident;
      assignment = { id: 'as-1', incident_id: incident.id, kind, resident_name, address, lat, lon, on_chinese_maps: lat === null || lon === null ? null : { lat: lat - 0.001, lon: lon + 0.002 }, phone: '139-0000-0003', key_safe: '门口电表箱内，密码请问调度台', hazards: '家里有一只大狗', state: 'ACCEPTED', accepted_at: now(), eta_at: sample.ago(-372), photos_allowed: true };
      offer = null;
      return mine();
    }
    case 'POST offers/decline':
      offer = null;
      return mine();
    case 'POST assignments/moving':
    case 'POST assignments/arrived':
      if (assignment !== null) assignment = { ...assignment, state: action === 'moving' ? 'MOVING' : 'ARRIVED' };
      return mine();
    case 'POST assignments/handover':
      assignment = null;
      return mine();
    case 'GET family':
      return [
        { resident_id: 'p1', resident_name: '李建国', relation: '父亲', shares_vitals: true, sentence: '父亲在床上休息，心率和呼吸平稳。', as_of: sample.ago(25), incident: null, calls: [{ whose: 'centre', name: '照护中心', phone: '0971-0000000' }] },
        { resident_id: 'p2', resident_name: '马秀兰', relation: '母亲', shares_vitals: false, sentence: '母亲按了呼叫按钮，马桂芳正赶过去，大约4分钟后到。', as_of: sample.ago(6), incident: open().find((one) => one.state === 'EN_ROUTE') ?? null, calls: [] },
      ];
    case 'GET quarantine':
      return {
        total: 37,
        by_reason: [
          { reason: 'wild_clock', count: 21, last_at: sample.ago(300) },
          { reason: 'not_json', count: 12, last_at: sample.ago(2000) },
          { reason: 'unknown_bed', count: 4, last_at: sample.ago(9000) },
        ],
        latest: [1, 2, 3, 4].map((n) => ({ id: String(n), received_at: sample.ago(n * 400), topic: `care/v1/630102/bed-00${n}/sos-1/event`, reason: n % 2 ? 'not_json' : 'wild_clock', detail: 'the clock of the device is off by 51 years', payload_bytes: 84 + n })),
      };
    case 'POST /api/dev/alarm':
      return raise();
    case 'POST /api/dev/offer':
      makeOffer();
      return {};
    case 'POST /api/dev/break':
      broken = said as Record<string, number>;
      beat();
      return {};
    case 'POST /api/dev/silence':
      isSilent = said.on === true;
      return {};
    default:
      throw new Refused(404, 'not_found', '没有这个地址');
  }
}

/** Broken with `POST /api/dev/break`, so that the light can be seen out. */
const light = () => ({ ok: Object.keys(broken).length === 0, open: open().length, unattended: 0, late_due: 0, engine_age_s: 1.2, check_age_s: 6.4, broken });

function beat(): void {
  if (isSilent) return;
  const said = { server_time: now(), never_silent: light(), quarantined_today: 37 };
  for (const stream of streams) send(stream, 'beat', said);
}

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  if (isSilent) return;
  streams.add(response);
  response.on('close', () => streams.delete(response));
  send(response, 'snapshot', { server_time: now(), incidents: open() });
  beat();
}

async function read(request: IncomingMessage): Promise<Said> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Said);
}

const serve: Connect.NextHandleFunction = (request, response, next) => {
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (!path.startsWith('/api/') && path !== '/healthz') return next();
  const who = /login=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const json = (status: number, said: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(said));
  };
  void (async () => {
    try {
      const said = await read(request);
      if (path === '/healthz') return json(200, { status: light().ok ? 'ok' : 'alarm', never_silent: light(), database: true, feed: true, pulse_age_s: { alerts: 1.2, lifeline: 0.8, promises: 6.4 }, streams: streams.size });
      if (serveMap(path, request, response)) return;
      if (path === '/api/stream') return void (meOf(who), stream(response));
      if (path === '/api/session') {
        const login = request.method === 'POST' ? String(said.login) : '';
        if (login !== '' && roles[login] === undefined) throw new Refused(401, 'wrong_password', '账号或密码不正确。');
        response.setHeader('Set-Cookie', `login=${login}; HttpOnly; SameSite=Strict; Path=/`);
        return json(200, login === '' ? {} : meOf(login));
      }
      json(200, answer(request.method ?? 'GET', path, who, said));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      json(error.status, { error: { code: error.code, message: error.message } });
    }
  })();
};

/** Serves the sample console under `npm run dev`, and under `npx vite preview` with the strict policy. */
export function sampleConsole(): Plugin {
  const start = (): void => {
    begin();
    setInterval(beat, 5000).unref();
  };
  return {
    name: 'carecircle-sample-console',
    apply: (_config, { command, isPreview }) => command === 'serve' || isPreview === true,
    configureServer: (server) => (start(), void server.middlewares.use(serve)),
    configurePreviewServer: (server) => {
      start();
      server.middlewares.use((_request, response, next) => (response.setHeader('Content-Security-Policy', POLICY), next()));
      server.middlewares.use(serve);
    },
  };
}
