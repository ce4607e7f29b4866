/** Files that administrators bring in and take out (I/O). */
import { newKey } from '../core/key';
import { percent } from '../core/importReport';
import { t } from '../messages';
import { speech } from '../messages/language.svelte';
import { ApiError, http, said } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type ImportReport = Schemas['ImportReport'];
export type PastImport = Schemas['PastImport'];
export type ImportKind = ImportReport['kind'];
/** What positions are measured in: GPS, or what maps in China show. */
export type Datum = 'wgs84' | 'gcj02';

/** Ten thousand rows on a slow line and a busy server. */
const TIMEOUT_MS = 180_000;

/** Send a file and hear how much of it is on the way: `fetch` does not tell. Not repeated by itself. */
function send(kind: ImportKind, file: Blob, asked: Record<string, string>, onsent: (percent: number) => void): Promise<ImportReport> {
  return said(
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const lost = () => reject(new ApiError(0, 'unreachable', t('error.unreachable')));
      request.open('POST', `/api/imports/${kind}?${new URLSearchParams(asked).toString()}`);
      request.timeout = TIMEOUT_MS;
      for (const [name, value] of Object.entries({ 'X-CareCircle': '1', 'Idempotency-Key': newKey(), 'Accept-Language': speech.language, 'Content-Type': 'text/csv' })) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => onsent(percent(event.loaded, event.total));
      request.onerror = lost;
      request.ontimeout = lost;
      request.onload = () => {
        const response = new Response(null, { status: request.status });
        try {
          const body: unknown = JSON.parse(request.responseText);
          resolve(response.ok ? { data: body as ImportReport, response } : { error: body, response });
        } catch {
          resolve({ error: null, response: response.ok ? new Response(null, { status: 502 }) : response });
        }
      };
      request.send(file);
    }),
  );
}

export const imports = {
  latest: () => said(http.GET('/api/imports')),
  check: (kind: ImportKind, file: Blob, datum: Datum, onsent: (percent: number) => void) => send(kind, file, { dry_run: 'true', datum }, onsent),
  commit: (kind: ImportKind, file: Blob, datum: Datum, fingerprint: string, reason: string, onsent: (percent: number) => void) =>
    send(kind, file, { dry_run: 'false', datum, fingerprint, reason }, onsent),
  undo: (import_id: number, reason: string) => said(http.POST('/api/imports/{import_id}/undo', { params: { path: { import_id } }, body: { reason } })),
  templateOf: (kind: ImportKind) => `/api/imports/${kind}/template.csv`,
  exportOf: (kind: ImportKind) => `/api/exports/${kind}.csv`,
};
