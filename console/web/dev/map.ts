/** The sample console's map: a file made by `carecircle roads tiles`, named by CARECIRCLE_DEV_MAP, served in parts. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as sample from './sample.ts';

const file = process.env.CARECIRCLE_DEV_MAP ?? '';

/** Answer for the map's own addresses; false for any other. */
export function serveMap(path: string, request: IncomingMessage, response: ServerResponse): boolean {
  if (path === '/api/map') {
    json(response, { url: existsSync(file) ? '/api/map/sample.pmtiles' : null, is_awaited: false, attribution: '演示地图', is_synthetic: true, extract_date: '2026-11-26', bounds: null, center: [101.775, 36.625] });
  } else if (path === '/api/map/sample.pmtiles') {
    const size = statSync(file).size;
    const [, from = '0', until = ''] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? 'bytes=0-') ?? [];
    const begin = Number(from);
    const end = Math.min(size - 1, until === '' ? size - 1 : Number(until));
    const part = Buffer.alloc(end - begin + 1);
    const handle = openSync(file, 'r');
    readSync(handle, part, 0, part.length, begin);
    closeSync(handle);
    response.writeHead(206, { 'Content-Type': 'application/vnd.pmtiles', 'Content-Range': `bytes ${begin}-${end}/${size}` });
    response.end(part);
  } else if (path === '/api/providers') {
    json(response, sample.stations);
  } else if (path === '/api/roads/closures') {
    json(response, sample.closures);
  } else if (path === '/api/coverage/isochrones') {
    const bed = new URL(request.url ?? '', 'http://sample').searchParams.get('bed');
    json(response, sample.reachOf(sample.beds.find((one) => one.id === bed) ?? sample.beds[0]!));
  } else if (/^\/api\/beds\/[^/]+\/limits$/.test(path)) {
    json(response, [{ metric: 'heart_rate', low: 40, high: 110, judged_by: 'fixed' }, { metric: 'respiratory_rate', low: 8, high: 25, judged_by: 'fixed' }, { metric: 'spo2', low: 86.5, high: null, judged_by: 'altitude' }]);
  } else if (/^\/api\/beds\/[^/]+\/incidents$/.test(path)) {
    json(response, [{ id: 'i-1', kind: 'sos', priority: 1, pressed_at: sample.ago(9000) }, { id: 'i-2', kind: 'heart_rate', priority: 2, pressed_at: sample.ago(17_000) }, { id: 'i-3', kind: 'lost_signal', priority: 3, pressed_at: sample.ago(200_000) }]);
  } else if (/^\/api\/beds\/[^/]+\/history$/.test(path)) {
    json(response, { series: sample.seriesOf(new URL(request.url ?? '', 'http://sample').searchParams) });
  } else return false;
  return true;
}

function json(response: ServerResponse, said: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(said));
}
