/** The console's HTTP interface as the pages see it, by name. All of it comes from the description that the server makes
 * of itself (`npm run api`); only what has no schema of its own is said here. Times are RFC 3339 in UTC. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Time = string;

export type Me = Schemas['Me'];
export type Role = Schemas['Role'];

export type Incident = Schemas['Incident'];
export type IncidentKind = Schemas['Kind'];
export type IncidentState = Schemas['State'];
export type IncidentHelper = Schemas['Helper'];
export type AssignmentState = Schemas['AssignmentState'];
export type OfferState = Schemas['OfferState'];
export type Verification = Incident['verification'];
export type Circle = Incident['circle'];
export type Priority = Incident['priority'];
/** What calling back can show. */
export type Finding = Schemas['Verifying']['verification'];
export const FINDINGS = ['confirmed', 'denied', 'no_answer'] as const satisfies readonly Finding[];

/** One row of the audit trail. */
export type Entry = Schemas['Entry'];
export type Candidate = Schemas['Candidate'];
export type OutgoingMessage = Schemas['Message'];
export type IncidentDetail = Schemas['IncidentDetail'];
export type Changed = Schemas['Changed'];

/** The outcomes that people choose from; the engine alone writes that something cleared by itself. */
export type OutcomeCode = Exclude<Schemas['OutcomeCode'], 'cleared'>;
export const OUTCOME_CODES = [
  'helped_on_site',
  'taken_to_hospital',
  'false_press',
  'test_press',
  'no_one_found',
  'false_alarm',
  'repaired',
  'other',
] as const satisfies readonly OutcomeCode[];

export type Offer = Schemas['Offer'];
export type Assignment = Schemas['Assignment'];
export type MyOffers = Schemas['MyOffers'];
export type FamilyView = Schemas['Relative'];

export type Bed = Schemas['Bed'];
export type BedDetail = Schemas['BedDetail'];
export type Vital = Schemas['Vital'];
export type Whereabouts = Schemas['Whereabouts'];
/** What one device protects from: its last proof of life, for how long that counts, and why it does not hold. */
export type Capability = Schemas['Capability'];
export type Protection = Schemas['Protection'];
/** What a rule has found; `text` says why in Chinese. */
export type Alarm = Schemas['Alarm'];
/** An alarm that somebody has put aside; it returns by itself. */
export type Shelf = Schemas['Shelf'];
export type BedAlarms = Schemas['BedAlarms'];
export type Responder = Schemas['Responder'];

export type QuarantineView = Schemas['Quarantine'];
export type NeverSilent = Schemas['NeverSilent'];
export type Health = Schemas['Health'];

/** Events of `GET /api/stream`. */
export type SnapshotEvent = Schemas['Snapshot'];
export type IncidentEvent = Schemas['IncidentChange'];
/** The figures are the centre's; responders and families get none. */
export type BeatEvent = Schemas['Beat'];
/** Something of this person's changed that no incident event tells: ask again. */
export type ChangedEvent = Schemas['Hint'];

/** Who of the centre watches, and what one shift leaves to the next. */
export type OnShift = Schemas['OnShift'];
export type ShiftView = Schemas['ShiftView'];
export type HandoverBrief = Schemas['HandoverBrief'];
export type Handover = Schemas['Handover'];
export type HandoverSummary = Schemas['Summary'];
/** What the desk tells whoever goes to a bed, and what has happened there before. */
export type BedHome = Schemas['BedHome'];
