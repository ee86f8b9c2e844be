/** Calls about people: the reader's own account, the members of a shop, invitations, passwords. */
import type {
  AccountBody,
  AccountPage,
  AlarmsBody,
  BackupCodes,
  BeginFactorBody,
  FactorSecret,
  PasswordBody,
} from '#contract/account.ts';
import type { AuditList, AuditQuery } from '#contract/audit.ts';
import type { AcceptBody, Invitation, InviteBody, MemberList } from '#contract/members.ts';
import type { Role } from '#contract/permissions.ts';
import type { Me, ResetBody, SignInCodeBody } from '#contract/session.ts';
import { call, stated } from './api.ts';

export const accountApi = {
  account: () => call<AccountPage>('GET', '/api/account'),
  save: (body: AccountBody) => call<null>('POST', '/api/account', body),
  changePassword: (body: PasswordBody) => call<null>('POST', '/api/account/password', body),
  beginFactor: (body: BeginFactorBody) => call<FactorSecret>('POST', '/api/account/second-factor', body),
  confirmFactor: (code: string) => call<BackupCodes>('POST', '/api/account/second-factor/confirm', { code }),
  newCodes: (code: string) => call<BackupCodes>('POST', '/api/account/second-factor/codes', { code }),
  endFactor: (code: string) => call<null>('POST', '/api/account/second-factor/off', { code }),
  /** null: all but this one. */
  endSession: (sessionId: string | null) => call<null>('POST', '/api/account/sessions/end', { sessionId }),
  saveAlarms: (shop: number, body: AlarmsBody) => call<null>('POST', `/api/shops/${shop}/alarms`, body),
  signInWithCode: (body: SignInCodeBody) => call<Me>('POST', '/api/sign-in/code', body),
  forgotten: (email: string) => call<null>('POST', '/api/password/forgotten', { email }),
  reset: (body: ResetBody) => call<null>('POST', '/api/password/reset', body),
  invitation: (token: string) => call<Invitation>('POST', '/api/invitation', { token }),
  accept: (body: AcceptBody) => call<Me>('POST', '/api/invitation/accept', body),
};

/** As the query of an address. */
export function auditSearch({ kind, user, before }: AuditQuery): string {
  return new URLSearchParams(stated({ kind, user, before: before?.toString() })).toString();
}

export const memberApi = {
  audit: (shop: number, asked: AuditQuery) => call<AuditList>('GET', `/api/shops/${shop}/audit?${auditSearch(asked)}`),
  list: (shop: number) => call<MemberList>('GET', `/api/shops/${shop}/members`),
  invite: (shop: number, body: InviteBody) => call<null>('POST', `/api/shops/${shop}/members/invite`, body),
  changeRole: (shop: number, userId: string, role: Role) =>
    call<null>('POST', `/api/shops/${shop}/members/${userId}/role`, { role }),
  remove: (shop: number, userId: string) => call<null>('POST', `/api/shops/${shop}/members/${userId}/remove`),
  resend: (shop: number, invitation: number) =>
    call<null>('POST', `/api/shops/${shop}/invitations/${invitation}/resend`),
  withdraw: (shop: number, invitation: number) =>
    call<null>('POST', `/api/shops/${shop}/invitations/${invitation}/withdraw`),
};
