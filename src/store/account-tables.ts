/** Tables of people, sessions and mail. better-auth's own (`user_session`, `user_account`, `user_verification`) are read by nobody else. */
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
  created_at: Generated<Date>;
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

export interface AccountTables {
  outbox: OutboxTable;
  module_sign_in: ModuleSignInTable;
  app_user: AppUserTable;
  shop_member: ShopMemberTable;
  audit: AuditTable;
}
