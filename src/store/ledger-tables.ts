/** Tables of the consent ledger as SQL answers them, as in `tables.ts`. Kept in step with migrations/. */
import type { Json, Maybe, SeqColumn, Time } from './tables.ts';

export interface BasisCountTable {
  shop_id: number;
  basis_id: number;
  status: string;
  n: number;
}

export interface BasisHistoryTable {
  shop_id: number;
  profile_id: number;
  basis_id: number;
  seq: SeqColumn;
  n: number;
  from_status: string;
  to_status: string;
  cause: string;
  source: string;
  at: Time;
  arrived_at: Time;
  settings_version: number;
  channels: string[];
  subject_key: string;
  text_version: Maybe<number>;
  evidence_hash: Maybe<Buffer>;
  chain_n: Maybe<number>;
  leaf: Maybe<Buffer>;
  chain_hash: Maybe<Buffer>;
}

export interface ConsentEvidenceTable {
  shop_id: number;
  subject_key: string;
  seq: SeqColumn;
  n: number;
  salt: Buffer;
  body: Json;
}

export interface ErasedSubjectTable {
  shop_id: number;
  subject_key: string;
  erased_at: Time;
}

export interface LedgerHeadTable {
  shop_id: number;
  n: number;
  hash: Buffer;
}

export interface HistoryCheckpointTable {
  shop_id: number;
  chain_n: number;
  leaf: Buffer;
  chain_hash: Buffer;
  forgotten_at: Time;
}

export interface LedgerTables {
  basis_count: BasisCountTable;
  basis_history: BasisHistoryTable;
  consent_evidence: ConsentEvidenceTable;
  erased_subject: ErasedSubjectTable;
  ledger_head: LedgerHeadTable;
  history_checkpoint: HistoryCheckpointTable;
}
