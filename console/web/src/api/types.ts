/** The console's HTTP interface as the pages see it. Times are RFC 3339 in UTC, identifiers are text. */

export type Time = string;

export type Role = 'dispatcher' | 'supervisor' | 'responder' | 'family' | 'administrator' | 'auditor';

export interface Me {
  login: string;
  name: string;
  role: Role;
  area_code: string | null;
  area_name: string | null;
  responder_id: string | null;
}

export type IncidentKind =
  | 'sos'
  | 'fall'
  | 'smoke'
  | 'gas'
  | 'carbon_monoxide'
  | 'water'
  | 'unreadable'
  | 'heart_rate'
  | 'respiratory_rate'
  | 'spo2'
  | 'temperature'
  | 'apnoea'
  | 'news2'
  | 'bed_exit'
  | 'not_in_bed'
  | 'out_of_bed'
  | 'inactivity'
  | 'wandering'
  | 'check_in_missed'
  | 'lost_signal'
  | 'unstable_signal'
  | 'sensor_error'
  | 'low_battery'
  | 'tamper'
  | 'mains_lost'
  | 'clock_fault'
  | 'gateway_silent'
  | 'press_test_overdue';

export type IncidentState =
  | 'RECEIVED'
  | 'SEARCHING'
  | 'ASSIGNED'
  | 'EN_ROUTE'
  | 'ON_SCENE'
  | 'HANDED_OVER'
  | 'CLOSED'
  | 'UNCOVERED'
  | 'CANCELLED_FALSE'
  | 'MERGED';

export type AssignmentState = 'ACCEPTED' | 'MOVING' | 'ARRIVED' | 'RELEASED' | 'STALLED';

export type OfferState =
  | 'QUEUED'
  | 'SENT'
  | 'DELIVERED'
  | 'SEEN'
  | 'ACCEPTED'
  | 'DECLINED'
  | 'EXPIRED'
  | 'WITHDRAWN'
  | 'UNDELIVERABLE';

export const FINDINGS = ['confirmed', 'denied', 'no_answer'] as const;
/** What calling back can show. */
export type Finding = (typeof FINDINGS)[number];
export type Verification = 'none' | 'pending' | Finding;

export type Circle = 'urban' | 'rural' | 'herding';

export type Priority = 1 | 2 | 3;

export interface IncidentHelper {
  assignment_id: string;
  responder_id: string;
  name: string;
  state: AssignmentState;
  eta_at: Time | null;
  accepted_at: Time | null;
  arrived_at: Time | null;
}

export interface Incident {
  id: string;
  bed_id: string;
  resident_name: string;
  address: string;
  county: string;
  county_name: string;
  lat: number | null;
  lon: number | null;
  circle: Circle;
  kind: IncidentKind;
  priority: Priority;
  state: IncidentState;
  level: number;
  late: boolean;
  verification: Verification;
  opened_at: Time;
  pressed_at: Time;
  deadline_at: Time;
  acknowledged_at: Time | null;
  acknowledged_by: string | null;
  dispatched_at: Time | null;
  accepted_at: Time | null;
  arrived_at: Time | null;
  closed_at: Time | null;
  closed_by: string | null;
  outcome_code: OutcomeCode | 'cleared' | null;
  owner: string | null;
  helpers: IncidentHelper[];
  offers_open: number;
  reason: string | null;
}

/** One row of the audit trail. */
export interface Entry {
  id: string;
  at: Time;
  step: string;
  actor: string;
  reason: string;
  detail: Record<string, unknown>;
}

export interface Candidate {
  responder_id: string;
  name: string;
  role: string;
  provider_name: string | null;
  rank: number | null;
  eligible: boolean;
  why: string;
  travel_p50_s: number | null;
  travel_p90_s: number | null;
  basis: string | null;
  distance_m: number | null;
  place_from: string | null;
  position_age_s: number | null;
  offer: { id: string; state: OfferState } | null;
}

export interface OutgoingMessage {
  id: string;
  channel: string;
  recipient: string;
  state: string;
  sent_at: Time | null;
  attempts: number;
  reason: string | null;
}

export interface IncidentDetail {
  incident: Incident;
  timeline: Entry[];
  candidates: Candidate[];
  messages: OutgoingMessage[];
}

export const OUTCOME_CODES = [
  'helped_on_site',
  'taken_to_hospital',
  'false_press',
  'test_press',
  'no_one_found',
  'false_alarm',
  'repaired',
  'other',
] as const;
export type OutcomeCode = (typeof OUTCOME_CODES)[number];

export interface Offer {
  id: string;
  incident_id: string;
  kind: IncidentKind;
  area_name: string;
  distance_m: number | null;
  travel_p50_s: number | null;
  basis: string | null;
  sent_at: Time | null;
  expires_at: Time;
  state: OfferState;
}

export interface Assignment {
  id: string;
  incident_id: string;
  kind: IncidentKind;
  resident_name: string;
  address: string;
  lat: number | null;
  lon: number | null;
  phone: string | null;
  key_safe: string | null;
  hazards: string | null;
  state: AssignmentState;
  accepted_at: Time;
  eta_at: Time | null;
}

export interface MyOffers {
  offers: Offer[];
  assignment: Assignment | null;
  on_duty: boolean;
}

export interface FamilyView {
  resident_id: string;
  resident_name: string;
  relation: string;
  sentence: string;
  as_of: Time | null;
  incident: Incident | null;
}

export interface Bed {
  id: string;
  resident_name: string;
  address: string;
  lat: number | null;
  lon: number | null;
  county: string;
  county_name: string;
  circle: Circle;
  last_seen_at: Time | null;
  in_bed: boolean | null;
  heart_rate: number | null;
  respiratory_rate: number | null;
  spo2: number | null;
  open_incident_id: string | null;
}

export interface Vital {
  metric: string;
  value: number | boolean | null;
  unit: string;
  measured_at: Time | null;
}

export interface Whereabouts {
  place: 'bed' | 'home' | 'perhaps_out' | 'unknown';
  asleep: boolean;
  since: Time | null;
  seen_at: Time | null;
}

/** What one device protects from: its last proof of life, for how long that counts, and why it does not hold. */
export interface Capability {
  capability: string;
  device: string;
  holds: boolean;
  why: string;
  heard_at: Time | null;
  valid_s: number;
}

export interface Protection {
  state: 'yes' | 'partly' | 'no';
  at: Time;
  capabilities: Capability[];
}

/** What a rule has found; `text` says why in Chinese. */
export interface Alarm {
  id: number;
  kind: IncidentKind;
  priority: Priority;
  raised_at: Time;
  cleared_at: Time | null;
  text: string;
  held_back: string | null;
  correction: string | null;
  correction_text: string | null;
}

/** An alarm that somebody has put aside; it returns by itself. */
export interface Shelf {
  kind: IncidentKind;
  reason: string;
  by_name: string;
  until: Time;
}

export interface BedAlarms {
  alarms: Alarm[];
  shelves: Shelf[];
}

export interface BedDetail {
  bed: Bed;
  whereabouts: Whereabouts | null;
  protection: Protection | null;
  vitals: Vital[];
  devices: { id: string; model: string; last_seen_at: Time | null; battery: number | null }[];
  contacts: { name: string; relation: string; phone: string | null }[];
}

export interface Responder {
  id: string;
  name: string;
  role: string;
  provider_name: string | null;
  lat: number | null;
  lon: number | null;
  on_duty: boolean;
  busy: boolean;
  position_at: Time | null;
}

export interface QuarantineView {
  total: number;
  by_reason: { reason: string; count: number; last_at: Time }[];
  latest: { id: string; received_at: Time; topic: string; reason: string; detail: string; payload_bytes: number }[];
}

export interface NeverSilent {
  ok: boolean;
  open: number;
  unattended: number;
  late_due: number;
  /** Seconds since the alert engine last went round. */
  engine_age_s: number | null;
  /** Seconds since the promises were last looked at. */
  check_age_s: number | null;
  /** The promises that this look has found broken, and how often. */
  broken: Record<string, number>;
}

export interface Health {
  status: 'ok' | 'alarm' | 'broken';
  never_silent: NeverSilent | null;
  database: boolean;
  feed: boolean;
  pulse_age_s: Record<string, number>;
  streams: number;
}

/** Events of `GET /api/stream`. */
export interface SnapshotEvent {
  server_time: Time;
  incidents: Incident[];
}
export interface IncidentEvent {
  incident: Incident;
  entry: Entry | null;
}
export interface BeatEvent {
  server_time: Time;
  /** The figures are the centre's; responders and families get none. */
  never_silent: NeverSilent | null;
  quarantined_today: number | null;
}
/** Something of this person's changed that no incident event tells: ask again. */
export interface ChangedEvent {
  server_time: Time;
}
