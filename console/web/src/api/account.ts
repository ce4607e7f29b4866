/** What people do with their own account, signed in or on the way in (I/O). */
import { http, said } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Session = Schemas['Session'];
export type SecondFactorState = Schemas['SecondFactorState'];
export type SecondFactorBegun = Schemas['SecondFactorBegun'];
export type Invited = Schemas['Invited'];

export const account = {
  setPassword: (password: string, new_password: string) => said(http.PUT('/api/my/password', { body: { password, new_password } })),
  sessions: () => said(http.GET('/api/my/sessions')),
  endSession: (session_id: string) => said(http.POST('/api/my/sessions/{session_id}/revoke', { params: { path: { session_id } } })),
  endOthers: () => said(http.POST('/api/my/sessions/revoke-others')),
  factor: () => said(http.GET('/api/my/second-factor')),
  beginFactor: (password: string, code: string) => said(http.POST('/api/my/second-factor', { body: { password, code } })),
  confirmFactor: (code: string) => said(http.POST('/api/my/second-factor/confirm', { body: { code } })),
  newCodes: (code: string) => said(http.POST('/api/my/second-factor/recovery-codes', { body: { code } })),
  removeFactor: (password: string, code: string) => said(http.POST('/api/my/second-factor/remove', { body: { password, code } })),
  invited: (token: string) => said(http.POST('/api/invitations/look', { body: { token } })),
  accept: (token: string, password: string) => said(http.POST('/api/invitations/accept', { body: { token, password } })),
};
