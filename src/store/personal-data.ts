/**
 * Where personal data lies: every column of every table is said to hold some, or none (rules §7). A check compares this list with
 * the schema; the erasure test fills each personal column and finds it empty; the register and docs/privacy.md are made from it.
 */

import { orderTexts } from '#domain/order-text.ts';
import { orderTextColumn } from './order-columns.ts';
import { otherData } from './other-data.ts';

/** What a table is about, in the words of the register. */
export const dataKinds = [
  'identity',
  'orders',
  'carts',
  'consents',
  'proof',
  'received',
  'mails',
  'messages',
  'requests',
  'files',
  'memory',
  'team',
  'none',
] as const;
export type DataKind = (typeof dataKinds)[number];

/**
 * What an erasure does: `row`: the person's rows go; `blank`: their columns are emptied, the rest stays; `hash`: only keyed hashes are
 * kept, so that refusals hold and nobody comes back; `link`: only numbers stay, which lead nowhere without the profile; `soon`: it is
 * on its way and gone within minutes or its short life; `none`: nothing of the shop's people is here.
 */
export type Erasure = 'row' | 'blank' | 'hash' | 'link' | 'soon' | 'none';

/** By what rows go in time: a setting of the shop, the instance's, with the profile, or a life of their own. */
export type Keep =
  | 'profile'
  | 'journalDays'
  | 'auditDays'
  | 'rawDays'
  | 'unreadDays'
  | 'cartDays'
  | 'historyDays'
  | 'refusalDays'
  | 'mailDays'
  | 'webhookDays'
  | 'requestDays'
  | 'importDays'
  | 'exportDays'
  | 'days35'
  | 'day'
  | 'minutes'
  | 'confirmation'
  | 'order'
  | 'account'
  | 'shop';

export interface TableData {
  readonly kind: DataKind;
  readonly erasure: Erasure;
  readonly keep: Keep;
  /** Columns, with spaces between: what says something of a person. */
  readonly personal: string;
  /** Keyed hashes of addresses and ids, and secrets' hashes. */
  readonly hashed?: string;
  /** Numbers and random keys that lead to a person while their profile stands. */
  readonly linked?: string;
  readonly plain: string;
}

export const personalData: Readonly<Record<string, TableData>> = {
  // identity
  profile: {
    kind: 'identity',
    erasure: 'row',
    keep: 'profile',
    personal:
      'email email_norm name firstname birthday gender address address2 address3 zip city country phone phone_e164 mobile mobile_e164 job company lang customer_group tags custom',
    linked: 'id subject_key merged_into absorbed',
    plain:
      'shop_id created_at updated_at updated_hour last_seen seen_month email_rank email_at stated records account_at',
  },
  profile_identifier: {
    kind: 'identity',
    erasure: 'row',
    keep: 'profile',
    personal: 'value',
    linked: 'profile_id',
    plain: 'shop_id kind namespace rank since until',
  },
  visitor_token: {
    kind: 'identity',
    erasure: 'row',
    keep: 'profile',
    personal: 'token',
    linked: 'profile_id',
    plain: 'shop_id verified bound_at',
  },
  // orders and carts
  orders: {
    kind: 'orders',
    erasure: 'blank',
    keep: 'order',
    personal: `key number contact_email tags attributes items stated ${orderTexts.map(orderTextColumn).join(' ')}`,
    linked: 'id profile_id uplifted',
    plain:
      'shop_id namespace created_at updated_at updated_hour placed_at day currency total_minor net_minor refunded_minor payment fulfilment cancelled legacy_state validated validated_at is_new',
  },
  order_state_history: {
    kind: 'orders',
    erasure: 'link',
    keep: 'order',
    personal: '',
    linked: 'order_id',
    plain: 'shop_id seq n at arrived_at source payment fulfilment cancelled legacy_state',
  },
  cart: {
    kind: 'carts',
    erasure: 'row',
    keep: 'cartDays',
    personal: 'ref key token items data',
    linked: 'profile_id order_id',
    plain: 'shop_id namespace status since rank at final created_at updated_at currency total_minor count',
  },
  // consents and their proof
  basis_act: {
    kind: 'consents',
    erasure: 'row',
    keep: 'profile',
    personal: 'flags',
    linked: 'profile_id order_id',
    plain: 'shop_id seq n basis_id at arrived_at kind toward cause source channel series void',
  },
  profile_basis: {
    kind: 'consents',
    erasure: 'row',
    keep: 'profile',
    personal: '',
    linked: 'profile_id',
    plain: 'shop_id basis_id status since changed_at activity_at held_day fold',
  },
  basis_history: {
    kind: 'proof',
    erasure: 'link',
    keep: 'historyDays',
    personal: '',
    hashed: 'evidence_hash leaf chain_hash',
    linked: 'profile_id subject_key',
    plain:
      'shop_id basis_id seq n from_status to_status cause source at arrived_at settings_version channels text_version chain_n',
  },
  consent_evidence: {
    kind: 'proof',
    erasure: 'row',
    keep: 'profile',
    personal: 'body',
    linked: 'subject_key salt',
    plain: 'shop_id seq n',
  },
  history_checkpoint: {
    kind: 'proof',
    erasure: 'none',
    keep: 'shop',
    personal: '',
    hashed: 'leaf chain_hash',
    plain: 'shop_id chain_n forgotten_at',
  },
  ledger_head: { kind: 'proof', erasure: 'none', keep: 'shop', personal: '', hashed: 'hash', plain: 'shop_id n' },
  address_refusal: {
    kind: 'memory',
    erasure: 'hash',
    keep: 'refusalDays',
    personal: '',
    hashed: 'address_hash',
    plain: 'shop_id basis_id at personal',
  },
  objection: {
    kind: 'memory',
    erasure: 'hash',
    keep: 'refusalDays',
    personal: '',
    hashed: 'address_hash',
    plain: 'shop_id channel since cause lifted_at',
  },
  erased_key: {
    kind: 'memory',
    erasure: 'hash',
    keep: 'refusalDays',
    personal: '',
    hashed: 'key_hash',
    plain: 'shop_id erased_at',
  },
  erased_subject: {
    kind: 'memory',
    erasure: 'link',
    keep: 'historyDays',
    personal: '',
    linked: 'subject_key',
    plain: 'shop_id erased_at',
  },
  erasure: {
    kind: 'memory',
    erasure: 'soon',
    keep: 'refusalDays',
    personal: 'terms',
    linked: 'profile_id',
    plain: 'shop_id id erased_at source swept_at logged_at',
  },
  // what was received
  intake: {
    kind: 'received',
    erasure: 'soon',
    keep: 'minutes',
    personal: 'body',
    plain: 'shard batch_id lane received_at n',
  },
  intake_applied: { kind: 'none', erasure: 'none', keep: 'days35', personal: '', plain: 'shard batch_id applied_at' },
  parked: {
    kind: 'received',
    erasure: 'row',
    keep: 'rawDays',
    personal: 'envelope',
    plain: 'shop_id seq shard received_at error attempts next_try_at',
  },
  journal: {
    kind: 'received',
    erasure: 'blank',
    keep: 'journalDays',
    personal: 'facts effects',
    linked: 'profile_id order_id',
    plain: 'shop_id received_at seq source format kind outcome reasons settings_version test',
  },
  journal_raw: {
    kind: 'received',
    erasure: 'row',
    keep: 'rawDays',
    personal: 'headers raw',
    plain: 'shop_id received_at seq',
  },
  journal_unread: {
    kind: 'received',
    erasure: 'row',
    keep: 'unreadDays',
    personal: 'headers raw',
    plain: 'shop_id received_at seq',
  },
  journal_subject: {
    kind: 'received',
    erasure: 'row',
    keep: 'journalDays',
    personal: '',
    hashed: 'subject',
    plain: 'shop_id received_at seq',
  },
  delivery_key: {
    kind: 'received',
    erasure: 'row',
    keep: 'days35',
    personal: 'key',
    plain: 'shop_id seq received_at',
  },
  held_origin: { kind: 'none', erasure: 'none', keep: 'rawDays', personal: '', plain: 'shop_id host seq received_at' },
  // mails, messages, requests
  outbox: {
    kind: 'mails',
    erasure: 'row',
    keep: 'mailDays',
    personal: 'to_address sealed',
    plain: 'id of_shop kind lang state tries fault created_at next_try_at sent_at',
  },
  webhook_delivery: {
    kind: 'messages',
    erasure: 'row',
    keep: 'webhookDays',
    personal: 'body',
    linked: 'lane profile_id order_id',
    plain:
      'shop_id id endpoint_id message_id kind created_at state attempts failures first_tried_at next_try_at done_at replay',
  },
  webhook_attempt: {
    kind: 'messages',
    erasure: 'row',
    keep: 'webhookDays',
    personal: 'answer',
    plain: 'shop_id delivery_id n at took_ms status failure',
  },
  confirmation: {
    kind: 'consents',
    erasure: 'row',
    keep: 'confirmation',
    personal: '',
    hashed: 'token_hash address_hash',
    linked: 'profile_id',
    plain: 'shop_id basis_id sent_at ends_at answered_at',
  },
  confirmation_ask: {
    kind: 'consents',
    erasure: 'row',
    keep: 'minutes',
    personal: '',
    linked: 'profile_id',
    plain: 'shop_id basis_id asked_at',
  },
  person_access: {
    kind: 'requests',
    erasure: 'row',
    keep: 'day',
    personal: 'address',
    hashed: 'address_hash code_hash session_hash',
    plain: 'shop_id id asked_at lang mailed tries opened_at session_ends_at',
  },
  rights_request: {
    kind: 'requests',
    erasure: 'blank',
    keep: 'requestDays',
    personal: 'address_sealed note_sealed',
    hashed: 'address_hash link_hash code_hash',
    plain:
      'shop_id id kind state came_by received_at due_at extended_at lang code_until code_tries code_sent verified_at verified_how closed_at refusal',
  },
  rights_step: {
    kind: 'requests',
    erasure: 'none',
    keep: 'requestDays',
    personal: '',
    plain: 'shop_id request_id n at by what detail',
  },
  // files of earlier clients and orders
  import: {
    kind: 'files',
    erasure: 'blank',
    keep: 'importDays',
    personal: 'file_name setup look forecast',
    linked: 'created_by',
    plain:
      'shop_id id kind state size received lines read_bytes fault undone auto push_key content_hash created_at started_at finished_at forgotten_at',
  },
  import_chunk: {
    kind: 'files',
    erasure: 'blank',
    keep: 'importDays',
    personal: 'bytes',
    plain: 'shop_id import_id part at',
  },
  import_line: {
    kind: 'files',
    erasure: 'blank',
    keep: 'importDays',
    personal: 'said',
    plain: 'shop_id import_id line result reasons',
  },
  // files with data of many people
  export_file: {
    kind: 'files',
    erasure: 'blank',
    keep: 'exportDays',
    personal: 'filter',
    plain: 'shop_id id kind format lang scope file_name state rows bytes asked_by created_at ready_at expires_at',
  },
  export_chunk: { kind: 'files', erasure: 'row', keep: 'day', personal: 'bytes', plain: 'shop_id export_id n' },
  ...otherData,
};

export function columnsOf(list: string | undefined): readonly string[] {
  return list === undefined || list === '' ? [] : list.split(' ');
}
