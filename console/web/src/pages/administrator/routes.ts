/** The pages of the administration: address, place in the navigation, who may open them, and their code, fetched when opened. */
import type { Component } from 'svelte';
import type { Me, Role } from '../../api/types';
import { matchPath, type Params } from '../../core/paths';
import type { LiveFeed } from '../../live/feed.svelte';
import { w } from './words';

export interface PageProps {
  me: Me;
  params: Params;
  feed: LiveFeed;
}

export const GROUPS = ['now', 'people', 'homes', 'circle', 'rules', 'system'] as const;
type Group = (typeof GROUPS)[number];

type Title = 'overview' | 'rosters' | 'responders' | 'responder' | 'providers' | 'provider' | 'drills' | 'coverage' | 'siting' | 'roads' | 'plans' | 'bedPlan' | 'rules' | 'rule' | 'trials' | 'trial' | 'quarantine' | 'accounts' | 'account' | 'audit' | 'import' | 'homes' | 'home' | 'areas' | 'erasures' | 'erasure';

export interface Route {
  path: string;
  title: `page.${Title}`;
  group: Group;
  /** Pages below another one are reached from it and not from the navigation. */
  isBelow?: true;
  roles: readonly Role[];
  load: () => Promise<{ default: Component<PageProps> }>;
}

const STAFF: readonly Role[] = ['administrator', 'supervisor', 'auditor'];
const ADMINISTRATOR: readonly Role[] = ['administrator'];
const AUDITING: readonly Role[] = ['administrator', 'auditor', 'supervisor'];

export const HOME = '/admin';

export const ROUTES: readonly Route[] = [
  { path: '/admin', title: 'page.overview', group: 'now', roles: STAFF, load: () => import('./system/Overview.svelte') },
  { path: '/admin/rosters', title: 'page.rosters', group: 'people', roles: STAFF, load: () => import('./roster/RosterPage.svelte') },
  { path: '/admin/responders', title: 'page.responders', group: 'people', roles: STAFF, load: () => import('./people/Responders.svelte') },
  { path: '/admin/responders/:id', title: 'page.responder', group: 'people', isBelow: true, roles: STAFF, load: () => import('./people/ResponderPage.svelte') },
  { path: '/admin/providers', title: 'page.providers', group: 'people', roles: STAFF, load: () => import('./people/Providers.svelte') },
  { path: '/admin/providers/:id', title: 'page.provider', group: 'people', isBelow: true, roles: STAFF, load: () => import('./people/ProviderPage.svelte') },
  { path: '/admin/import', title: 'page.import', group: 'people', roles: ADMINISTRATOR, load: () => import('./imports/ImportPage.svelte') },
  { path: '/admin/drills', title: 'page.drills', group: 'people', roles: STAFF, load: () => import('./people/Drills.svelte') },
  { path: '/admin/homes', title: 'page.homes', group: 'homes', roles: ADMINISTRATOR, load: () => import('./homes/Homes.svelte') },
  { path: '/admin/homes/:id', title: 'page.home', group: 'homes', isBelow: true, roles: ADMINISTRATOR, load: () => import('./homes/HomePage.svelte') },
  { path: '/admin/areas', title: 'page.areas', group: 'homes', roles: ADMINISTRATOR, load: () => import('./homes/Areas.svelte') },
  { path: '/admin/coverage', title: 'page.coverage', group: 'circle', roles: STAFF, load: () => import('./coverage/CoveragePage.svelte') },
  { path: '/admin/siting', title: 'page.siting', group: 'circle', roles: STAFF, load: () => import('./coverage/SitingPage.svelte') },
  { path: '/admin/roads', title: 'page.roads', group: 'circle', roles: STAFF, load: () => import('./coverage/Roads.svelte') },
  { path: '/admin/plans', title: 'page.plans', group: 'rules', roles: STAFF, load: () => import('./plans/Plans.svelte') },
  { path: '/admin/plans/bed', title: 'page.bedPlan', group: 'rules', isBelow: true, roles: STAFF, load: () => import('./plans/BedPlanPage.svelte') },
  { path: '/admin/rules', title: 'page.rules', group: 'rules', roles: STAFF, load: () => import('./rules/Rules.svelte') },
  { path: '/admin/rules/:rule', title: 'page.rule', group: 'rules', isBelow: true, roles: STAFF, load: () => import('./rules/RulePage.svelte') },
  { path: '/admin/trials', title: 'page.trials', group: 'rules', roles: STAFF, load: () => import('./rules/Trials.svelte') },
  { path: '/admin/trials/:id', title: 'page.trial', group: 'rules', isBelow: true, roles: STAFF, load: () => import('./rules/TrialPage.svelte') },
  { path: '/admin/accounts', title: 'page.accounts', group: 'system', roles: ADMINISTRATOR, load: () => import('./system/Accounts.svelte') },
  { path: '/admin/accounts/:id', title: 'page.account', group: 'system', isBelow: true, roles: ADMINISTRATOR, load: () => import('./system/AccountPage.svelte') },
  { path: '/admin/audit', title: 'page.audit', group: 'system', roles: AUDITING, load: () => import('./system/Audit.svelte') },
  { path: '/admin/erasures', title: 'page.erasures', group: 'system', roles: STAFF, load: () => import('./erasures/Erasures.svelte') },
  { path: '/admin/erasures/:id', title: 'page.erasure', group: 'system', isBelow: true, roles: STAFF, load: () => import('./erasures/ErasurePage.svelte') },
  { path: '/admin/quarantine', title: 'page.quarantine', group: 'system', roles: ADMINISTRATOR, load: () => import('./system/Quarantine.svelte') },
];

export interface Found {
  route: Route;
  params: Params;
}

/** The page of an address for somebody; null where there is none for them. */
export function findRoute(path: string, role: Role): Found | null {
  for (const route of ROUTES) {
    const params = matchPath(route.path, path);
    if (params !== null) return route.roles.includes(role) ? { route, params } : null;
  }
  return null;
}

/** The navigation of a role, group by group; groups that would be empty are left out. */
export function navigation(role: Role): { group: Group; routes: Route[] }[] {
  return GROUPS.map((group) => ({ group, routes: ROUTES.filter((one) => one.group === group && !one.isBelow && one.roles.includes(role)) })).filter(
    (one) => one.routes.length > 0,
  );
}

/** Which entry of the navigation a path belongs to: itself or the one above it. */
export function isWithin(path: string, route: Route): boolean {
  return path === route.path || (route.path !== HOME && path.startsWith(`${route.path}/`));
}

export const titleOf = (route: Route): string => w(route.title);
