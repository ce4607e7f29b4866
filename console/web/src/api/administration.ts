/** What the administrator's pages ask and say; the types are those that the server's own description gives. */
import { call, path } from './client';
import type { components } from './schema';
import { searchOf } from '../core/paths';

type Schemas = components['schemas'];
export type Roster = Schemas['Roster'];
export type RosteredPerson = Schemas['RosteredPerson'];
export type ResponderDetail = Schemas['ResponderDetail'];
export type PeopleChange = Schemas['PeopleChange'];
export type Provider = Schemas['Provider'];
export type WeeklySpan = Schemas['WeeklySpan'];
export type PlanDefaults = Schemas['PlanDefaults'];
export type PlanSetting = Schemas['PlanSetting'];
export type PlanChange = Schemas['PlanChange'];
export type BedPlan = Schemas['BedPlan'];
export type RuleView = Schemas['RuleView'];
export type RuleSetting = Schemas['RuleSetting'];
export type Trial = Schemas['Trial'];
export type ToTry = Schemas['ToTry'];
export type CoverageSummary = Schemas['CoverageSummary'];
export type CoverageFigures = Schemas['CoverageFigures'];
export type UncoveredBeds = Schemas['UncoveredBeds'];
export type SitingTrial = Schemas['SitingTrial'];
export type ToSite = Schemas['ToSite'];
export type RoadClosure = Schemas['RoadClosure'];
export type ToClose = Schemas['ToClose'];
export type ReachedPerson = Schemas['ReachedPerson'];

type Values = Readonly<Record<string, string | number | null | undefined>>;
const get = <T>(address: string, values: Values = {}): Promise<T> => call<T>('GET', `${address}${searchOf(values)}`);

export const rosters = {
  week: (first: string, days: number) => get<Roster>('/api/rosters', { first, days }),
  responder: (id: string) => get<ResponderDetail>(path`/api/responders/${id}`),
  addShift: (id: string, begins: number, ends: number, reason: string) =>
    call<{ id: number }>('POST', path`/api/responders/${id}/shifts`, { begins_at: new Date(begins).toISOString(), ends_at: new Date(ends).toISOString(), reason }),
  removeShift: (id: string, shift: number, reason: string) => call<ResponderDetail>('POST', path`/api/responders/${id}/shifts/${String(shift)}/remove`, { reason }),
  setDuty: (id: string, on_duty: boolean, reason: string) => call<ResponderDetail>('PUT', path`/api/responders/${id}/duty`, { on_duty, reason }),
  giveConsent: (id: string, consented_at: string, reason: string) => call<ResponderDetail>('PUT', path`/api/responders/${id}/consent`, { consented_at, reason }),
  withdrawConsent: (id: string, reason: string) => call<ResponderDetail>('POST', path`/api/responders/${id}/consent/withdraw`, { reason }),
  changes: (of: { responder?: string; provider?: string } = {}) => get<PeopleChange[]>('/api/people-changes', of),
};

export const providers = {
  all: () => get<Provider[]>('/api/providers'),
  setHours: (id: string, hours: readonly WeeklySpan[], reason: string) => call<Provider>('PUT', path`/api/providers/${id}/hours`, { hours, reason }),
  setException: (id: string, day: string, opens_min: number | null, closes_min: number | null, reason: string) =>
    call<Provider>('PUT', path`/api/providers/${id}/exceptions/${day}`, { opens_min, closes_min, reason }),
  clearException: (id: string, day: string, reason: string) => call<Provider>('POST', path`/api/providers/${id}/exceptions/${day}/remove`, { reason }),
};

export const plans = {
  defaults: () => get<PlanDefaults>('/api/plans'),
  settings: () => get<PlanSetting[]>('/api/plans/settings'),
  change: (change: PlanChange) => call<{ version: number }>('POST', '/api/plans/settings', change),
  ofBed: (bed: string, kind: string) => get<BedPlan>(path`/api/beds/${bed}/plan`, { kind }),
};

export const rules = {
  all: () => get<RuleView[]>('/api/rules'),
  settings: () => get<RuleSetting[]>('/api/rules/settings'),
  change: (rule: string, scope: string, settings: Readonly<Record<string, unknown>>, reason: string) =>
    call<{ version: number }>('POST', path`/api/rules/${rule}/settings`, { scope, settings, reason }),
  trials: () => get<Trial[]>('/api/rules/trials'),
  trial: (id: string) => get<Trial>(path`/api/rules/trials/${id}`),
  startTrial: (wanted: Readonly<Partial<ToTry>>) => call<Trial>('POST', '/api/rules/trials', wanted),
  stopTrial: (id: string) => call<void>('DELETE', path`/api/rules/trials/${id}`),
};

export const coverage = {
  summary: (area: string | null, hour: number | null, circle: string | null) => get<CoverageSummary>('/api/coverage', { area, hour, circle }),
  uncovered: (values: { area: string | null; hour: number | null; circle: string | null; state: string | null; after: string; most: number }) =>
    get<UncoveredBeds>('/api/coverage/uncovered', values),
  trials: () => get<SitingTrial[]>('/api/coverage/trials'),
  trial: (id: string) => get<SitingTrial>(path`/api/coverage/trials/${id}`),
  startTrial: (wanted: Readonly<Partial<ToSite>>) => call<SitingTrial>('POST', '/api/coverage/trials', wanted),
  stopTrial: (id: string) => call<void>('DELETE', path`/api/coverage/trials/${id}`),
  closures: () => get<RoadClosure[]>('/api/roads/closures'),
  close: (wanted: Readonly<Partial<ToClose>>) => call<RoadClosure>('POST', '/api/roads/closures', wanted),
  open: (id: number) => call<void>('DELETE', path`/api/roads/closures/${String(id)}`),
};

export const drills = {
  all: () => get<ReachedPerson[]>('/api/drills'),
  start: (id: string, reason: string) => call<{ first_at: string }>('POST', path`/api/responders/${id}/drill`, { reason }),
};
