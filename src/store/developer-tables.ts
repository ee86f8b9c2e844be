import type { ColumnType, Generated } from 'kysely';

type Time = ColumnType<Date, Date | string, Date | string>;

export interface DeveloperInvitationTable {
  shop_id: number;
  id: Generated<number>;
  email: string;
  lang: string;
  note: string | null;
  may_read: boolean;
  key_id: number;
  token_hash: Buffer;
  mail_id: string;
  invited_by: string;
  created_at: Time;
  sent_at: Time;
  expires_at: Time;
  opened_at: Time | null;
  seen_at: Time | null;
  revoked_at: Time | null;
  codes_at: Generated<Date[]>;
}

export interface DeveloperSessionTable {
  shop_id: number;
  token_hash: Buffer;
  invitation_id: number;
  created_at: Time;
  expires_at: Time;
  code_hash: Buffer | null;
  code_until: Time | null;
  code_tries: Generated<number>;
  proved_at: Time | null;
}

export interface DeveloperTables {
  developer_invitation: DeveloperInvitationTable;
  developer_session: DeveloperSessionTable;
}
