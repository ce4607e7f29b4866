/** What the pages of the register ask and say: beds at home, their boxes, providers, areas (I/O). */
import type { FeatureCollection } from 'geojson';
import { http, patiently, said } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type RegisteredHome = Schemas['RegisteredHome'];
export type HomeToMake = Schemas['HomeToMake'];
export type HomeToChange = Schemas['HomeToChange'];
export type HomeLine = Schemas['HomeLine'];
export type RegisteredProvider = Schemas['RegisteredProvider'];
export type ProviderToMake = Schemas['ProviderToMake'];
export type ProviderToChange = Schemas['ProviderToChange'];
export type AreaLevel = Schemas['AreaLevel'];
export type ConsentEntry = Schemas['ConsentEntry'];
export type ConsentSaid = Schemas['ConsentSaid'];
export type PairingCode = Schemas['PairingCode'];

const bed = (bed_id: string) => ({ params: { path: { bed_id } } });
const provider = (provider_id: string) => ({ params: { path: { provider_id } } });
type State = 'active' | 'ended' | 'all';

export const register = {
  homes: (asked: { search: string; state: State; area: string; provider: string; after: string }) =>
    said(http.GET('/api/register/homes', { params: { query: { search: asked.search, state: asked.state, after: asked.after, limit: 50, ...(asked.area === '' ? {} : { area: asked.area }), ...(asked.provider === '' ? {} : { provider: asked.provider }) } } })),
  home: (id: string) => said(http.GET('/api/register/homes/{bed_id}', bed(id))),
  create: (body: HomeToMake) => said(http.POST('/api/register/homes', { body })),
  change: (id: string, body: HomeToChange) => said(http.PUT('/api/register/homes/{bed_id}', { ...bed(id), body })),
  end: (id: string, version: number, reason: string) => said(http.POST('/api/register/homes/{bed_id}/end', { ...bed(id), body: { version, reason } })),
  resume: (id: string, version: number, reason: string) => said(http.POST('/api/register/homes/{bed_id}/resume', { ...bed(id), body: { version, reason } })),
  box: (id: string) => said(http.GET('/api/register/homes/{bed_id}/devices', bed(id))),
  consents: (subject_id: string) => said(http.GET('/api/consents', { params: { query: { subject_kind: 'resident', subject_id } } })),
  /** Somebody has agreed or withdrawn; returns the ledger after it. */
  consent: (body: ConsentSaid) => said(http.POST('/api/consents', { body })),
  pair: (id: string) => said(http.POST('/api/beds/{bed_id}/pairing-code', bed(id))),
  providers: (asked: { search: string; state: State; after: string; limit?: number }) => said(http.GET('/api/register/providers', { params: { query: { limit: 50, ...asked } } })),
  provider: (id: string) => said(http.GET('/api/register/providers/{provider_id}', provider(id))),
  createProvider: (body: ProviderToMake) => said(http.POST('/api/register/providers', { body })),
  changeProvider: (id: string, body: ProviderToChange) => said(http.PUT('/api/register/providers/{provider_id}', { ...provider(id), body })),
  endProvider: (id: string, version: number, reason: string) => said(http.POST('/api/register/providers/{provider_id}/end', { ...provider(id), body: { version, reason } })),
  resumeProvider: (id: string, version: number, reason: string) => said(http.POST('/api/register/providers/{provider_id}/resume', { ...provider(id), body: { version, reason } })),
  /** Outlines of where its people are in 5, 10 and 15 minutes, as GeoJSON. */
  reachOfProvider: async (id: string) => (await said(http.GET('/api/coverage/isochrones', { params: { query: { provider: id } }, fetch: patiently }))) as unknown as FeatureCollection,
  areas: (parent: string) => said(http.GET('/api/register/areas', { params: { query: parent === '' ? {} : { parent } } })),
};
