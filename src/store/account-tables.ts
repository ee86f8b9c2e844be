/** Tables of people, sessions and mail. Of better-auth's own, sessions are shown and ended, passwords saved; `user_verification` is its alone. */
import type { ColumnType, Generated } from 'kysely';

export interface AppUserTable {
  id: string;
  name: string;
  email: string;
  lang: string | null;
  instance_admin: Generated<boolean>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface ShopMemberTable {
  shop_id: number;
  user_id: string;
  role: string;
  alarms: Generated<string[]>;
  created_at: Generated<Date>;
}

export interface UserSessionTable {
  id: string;
  user_id: string;
  user_agent: string | null;
  created_at: Date;
  updated_at: Date;
  expires_at: Date;
}

export interface SecondFactorTable {
  user_id: string;
  confirmed_at: Date | null;
}

export interface ShopInvitationTable {
  shop_id: number;
  id: Generated<number>;
  email: string;
  role: string;
  lang: string;
  invited_by: string | null;
  sent_at: Date;
  expires_at: Date;
  mail_id: string;
}

export interface AuditTable {
  of_shop: number | null;
  id: Generated<number>;
  at: ColumnType<Date, Date | string, never>;
  user_id: string | null;
  who: string | null;
  kind: string;
  action: string;
  profile_id: number | null;
  detail: unknown;
}

export interface ModuleSignInTable {
  shop_id: number;
  user_id: string;
  allowed_at: Generated<Date>;
}

export interface OutboxTable {
  id: string;
  of_shop: number | null;
  kind: string;
  to_address: string;
  lang: string;
  sealed: Buffer | null;
  state: string;
  tries: number;
  fault: string | null;
  created_at: Date;
  next_try_at: Date;
  sent_at: Date | null;
}

export interface AlarmTable {
  shop_id: number;
  kind: string;
  since: Date;
  figure: number;
}

export interface JobRunTable {
  name: string;
  started_at: Date;
  ended_at: Date;
  fault: string | null;
  failed_at: Date | null;
}

export interface AccountTables {
  alarm: AlarmTable;
  job_run: JobRunTable;
  outbox: OutboxTable;
  module_sign_in: ModuleSignInTable;
  app_user: AppUserTable;
  shop_member: ShopMemberTable;
  shop_invitation: ShopInvitationTable;
  user_session: UserSessionTable;
  second_factor: SecondFactorTable;
  audit: AuditTable;
}
