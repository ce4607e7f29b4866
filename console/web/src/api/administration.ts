/** What the administrator's pages ask and say, by name: every call to the console's HTTP interface (I/O). */
import { http, said } from './http';
import type { components } from './schema';

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
export type IncidentKind = BedPlan['kind'];
export type Account = Schemas['Account'];
export type AccountToMake = Schemas['AccountToMake'];
export type AccountChange = Schemas['AccountChange'];
export type Opening = Schemas['Opening'];
export type RegisterChange = Schemas['RegisterChange'];
export type Role = Schemas['Role'];

const responder = (responder_id: string) => ({ params: { path: { responder_id } } });
const provider = (provider_id: string) => ({ params: { path: { provider_id } } });
const trial = (trial_id: string) => ({ params: { path: { trial_id } } });

export const rosters = {
  week: (first: string, days: number) => said(http.GET('/api/rosters', { params: { query: { first, days } } })),
  responder: (id: string) => said(http.GET('/api/responders/{responder_id}', responder(id))),
  addShift: (id: string, begins: number, ends: number, reason: string) =>
    said(http.POST('/api/responders/{responder_id}/shifts', { ...responder(id), body: { begins_at: new Date(begins).toISOString(), ends_at: new Date(ends).toISOString(), reason } })),
  removeShift: (responder_id: string, shift_id: number, reason: string) =>
    said(http.POST('/api/responders/{responder_id}/shifts/{shift_id}/remove', { params: { path: { responder_id, shift_id } }, body: { reason } })),
  setDuty: (id: string, on_duty: boolean, reason: string) => said(http.PUT('/api/responders/{responder_id}/duty', { ...responder(id), body: { on_duty, reason } })),
  giveConsent: (id: string, consented_at: string, reason: string) => said(http.PUT('/api/responders/{responder_id}/consent', { ...responder(id), body: { consented_at, reason } })),
  withdrawConsent: (id: string, reason: string) => said(http.POST('/api/responders/{responder_id}/consent/withdraw', { ...responder(id), body: { reason } })),
  changes: (query: { responder?: string; provider?: string } = {}) => said(http.GET('/api/people-changes', { params: { query } })),
};

export const providers = {
  all: () => said(http.GET('/api/providers')),
  setHours: (id: string, hours: WeeklySpan[], reason: string) => said(http.PUT('/api/providers/{provider_id}/hours', { ...provider(id), body: { hours, reason } })),
  setException: (provider_id: string, day: string, opens_min: number | null, closes_min: number | null, reason: string) =>
    said(http.PUT('/api/providers/{provider_id}/exceptions/{day}', { params: { path: { provider_id, day } }, body: { opens_min, closes_min, reason } })),
  clearException: (provider_id: string, day: string, reason: string) =>
    said(http.POST('/api/providers/{provider_id}/exceptions/{day}/remove', { params: { path: { provider_id, day } }, body: { reason } })),
};

export const plans = {
  defaults: () => said(http.GET('/api/plans')),
  settings: () => said(http.GET('/api/plans/settings')),
  change: (body: PlanChange) => said(http.POST('/api/plans/settings', { body })),
  ofBed: (bed_id: string, kind: IncidentKind) => said(http.GET('/api/beds/{bed_id}/plan', { params: { path: { bed_id }, query: { kind } } })),
};

export const rules = {
  all: () => said(http.GET('/api/rules')),
  settings: () => said(http.GET('/api/rules/settings')),
  change: (rule: string, scope: string, settings: Record<string, unknown>, reason: string) =>
    said(http.POST('/api/rules/{rule}/settings', { params: { path: { rule } }, body: { scope, settings, reason } })),
  trials: () => said(http.GET('/api/rules/trials')),
  trial: (id: string) => said(http.GET('/api/rules/trials/{trial_id}', trial(id))),
  startTrial: (body: ToTry) => said(http.POST('/api/rules/trials', { body })),
  stopTrial: (id: string) => said(http.DELETE('/api/rules/trials/{trial_id}', trial(id))),
};

type Within = { area: string | null; hour: number | null; circle: string | null };
const within = ({ area, hour, circle }: Within) => ({
  ...(area === null ? {} : { area }),
  ...(hour === null ? {} : { hour }),
  ...(circle === null || circle === '' ? {} : { circle: circle as 'urban' }),
});

export const coverage = {
  summary: (asked: Within) => said(http.GET('/api/coverage', { params: { query: within(asked) } })),
  uncovered: ({ state, after, most, ...asked }: Within & { state: string | null; after: string; most: number }) =>
    said(http.GET('/api/coverage/uncovered', { params: { query: { ...within(asked), after, most, ...(state === null || state === '' ? {} : { state: state as 'uncertain' }) } } })),
  trials: () => said(http.GET('/api/coverage/trials')),
  trial: (id: string) => said(http.GET('/api/coverage/trials/{trial_id}', trial(id))),
  startTrial: (body: ToSite) => said(http.POST('/api/coverage/trials', { body })),
  stopTrial: (id: string) => said(http.DELETE('/api/coverage/trials/{trial_id}', trial(id))),
  // The client forgets that a corner is a pair.
  closures: () => said(http.GET('/api/roads/closures')) as Promise<RoadClosure[]>,
  close: (body: ToClose) => said(http.POST('/api/roads/closures', { body })),
  open: (closure_id: number) => said(http.DELETE('/api/roads/closures/{closure_id}', { params: { path: { closure_id } } })),
};

export const drills = {
  all: () => said(http.GET('/api/drills')),
  start: (id: string, reason: string) => said(http.POST('/api/responders/{responder_id}/drill', { ...responder(id), body: { reason } })),
};

const account = (account_id: number) => ({ params: { path: { account_id } } });

export const accounts = {
  page: (asked: { search: string; role: string; state: string; after: string }) =>
    said(
      http.GET('/api/accounts', {
        params: { query: { search: asked.search, state: (asked.state || 'all') as 'all', after: asked.after, limit: 50, ...(asked.role === '' ? {} : { role: asked.role as Role }) } },
      }),
    ),
  one: (id: number) => said(http.GET('/api/accounts/{account_id}', account(id))),
  create: (body: AccountToMake) => said(http.POST('/api/accounts', { body })),
  change: (id: number, body: AccountChange) => said(http.PUT('/api/accounts/{account_id}', { ...account(id), body })),
  disable: (id: number, version: number, reason: string) => said(http.POST('/api/accounts/{account_id}/disable', { ...account(id), body: { version, reason } })),
  enable: (id: number, version: number, reason: string) => said(http.POST('/api/accounts/{account_id}/enable', { ...account(id), body: { version, reason } })),
  reset: (id: number, way: 'invitation' | 'password', reason: string) => said(http.POST('/api/accounts/{account_id}/reset', { ...account(id), body: { way, reason } })),
  removeFactor: (id: number, version: number, reason: string) => said(http.POST('/api/accounts/{account_id}/second-factor/remove', { ...account(id), body: { version, reason } })),
  sessions: (id: number) => said(http.GET('/api/accounts/{account_id}/sessions', account(id))),
  endAll: (id: number, reason: string) => said(http.POST('/api/accounts/{account_id}/sessions/revoke', { ...account(id), body: { reason } })),
  changes: (asked: { kind?: string; object_id?: string; before?: number }) => said(http.GET('/api/register-changes', { params: { query: { ...asked, limit: 50 } } })),
};
