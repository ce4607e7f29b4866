/** What the pages of the register ask and say: beds at home, their boxes, areas (I/O). */
import { http, said } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type RegisteredHome = Schemas['RegisteredHome'];
export type HomeToMake = Schemas['HomeToMake'];
export type HomeToChange = Schemas['HomeToChange'];
export type HomeLine = Schemas['HomeLine'];
export type AreaLevel = Schemas['AreaLevel'];
export type PairingCode = Schemas['PairingCode'];

const bed = (bed_id: string) => ({ params: { path: { bed_id } } });

export const register = {
  homes: (asked: { search: string; state: 'active' | 'ended' | 'all'; area: string; after: string }) =>
    said(http.GET('/api/register/homes', { params: { query: { search: asked.search, state: asked.state, after: asked.after, limit: 50, ...(asked.area === '' ? {} : { area: asked.area }) } } })),
  home: (id: string) => said(http.GET('/api/register/homes/{bed_id}', bed(id))),
  create: (body: HomeToMake) => said(http.POST('/api/register/homes', { body })),
  change: (id: string, body: HomeToChange) => said(http.PUT('/api/register/homes/{bed_id}', { ...bed(id), body })),
  end: (id: string, version: number, reason: string) => said(http.POST('/api/register/homes/{bed_id}/end', { ...bed(id), body: { version, reason } })),
  resume: (id: string, version: number, reason: string) => said(http.POST('/api/register/homes/{bed_id}/resume', { ...bed(id), body: { version, reason } })),
  box: (id: string) => said(http.GET('/api/register/homes/{bed_id}/devices', bed(id))),
  pair: (id: string) => said(http.POST('/api/beds/{bed_id}/pairing-code', bed(id))),
  areas: (parent: string) => said(http.GET('/api/register/areas', { params: { query: parent === '' ? {} : { parent } } })),
};
