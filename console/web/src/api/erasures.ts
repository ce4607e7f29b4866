/** Erasing a person: requests, their dry run, and what was done (I/O). */
import { http, said } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Erasure = Schemas['Erasure'];
export type ErasureLine = Schemas['ErasureLine'];
export type ErasureWish = Schemas['ErasureWish'];
export type SubjectKind = Erasure['subject_kind'];

const erasure = (erasure_id: number) => ({ params: { path: { erasure_id } } });

export const erasures = {
  all: (before: number | null) => said(http.GET('/api/erasures', { params: { query: before === null ? {} : { before } } })),
  of: (subject_kind: SubjectKind, subject_id: string) => said(http.GET('/api/erasures', { params: { query: { subject_kind, subject_id } } })),
  failing: () => said(http.GET('/api/erasures', { params: { query: { failing: true } } })),
  one: (id: number) => said(http.GET('/api/erasures/{erasure_id}', erasure(id))),
  preview: (subject_kind: SubjectKind, subject_id: string) => said(http.GET('/api/erasures/preview', { params: { query: { subject_kind, subject_id } } })),
  ask: (body: ErasureWish) => said(http.POST('/api/erasures', { body })),
  confirm: (id: number) => said(http.POST('/api/erasures/{erasure_id}/confirm', erasure(id))),
  withdraw: (id: number, reason: string) => said(http.POST('/api/erasures/{erasure_id}/withdraw', { ...erasure(id), body: { reason } })),
};
