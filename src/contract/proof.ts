/** Proof of one basis of one person, and the state of a shop's ledger. */
import { type Static, Type } from '@sinclair/typebox';
import { BasisStatus, Channel, Ground, Purpose } from './bases.ts';

const MaybeText = Type.Union([Type.String(), Type.Null()]);
const MaybeTime = Type.Union([Type.Number(), Type.Null()]);

export const ProofEvidence = Type.Object({
  page: Type.Optional(Type.String()),
  form: Type.Optional(Type.String()),
  wording: Type.Optional(Type.String()),
  language: Type.Optional(Type.String()),
  /** Truncated. */
  ip: Type.Optional(Type.String()),
  /** What the person's browser calls itself, where they spoke on our own pages. */
  agent: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
});
export type ProofEvidence = Static<typeof ProofEvidence>;

/** `standing`: its place in the chain holds; `changed`: it does not; `unchained`: from before the chain. */
export const ProofCheck = Type.Union([Type.Literal('standing'), Type.Literal('changed'), Type.Literal('unchained')]);

export const ProofChange = Type.Object({
  seq: Type.String(),
  n: Type.Integer(),
  from: BasisStatus,
  to: BasisStatus,
  cause: Type.String(),
  source: Type.String(),
  by: MaybeText,
  at: Type.Number(),
  arrivedAt: Type.Number(),
  settingsVersion: Type.Integer(),
  channels: Type.Array(Channel),
  /** The definition as it stood that day. */
  name: Type.String(),
  ground: Ground,
  purposes: Type.Array(Purpose),
  textVersion: Type.Union([Type.Integer(), Type.Null()]),
  texts: Type.Record(Type.String(), Type.String()),
  evidence: Type.Union([ProofEvidence, Type.Null()]),
  /** When the evidence was erased; null: it is there, or there never was any. */
  evidenceErasedAt: MaybeTime,
  chainN: Type.Union([Type.Number(), Type.Null()]),
  chainHash: MaybeText,
  check: ProofCheck,
});
export type ProofChange = Static<typeof ProofChange>;

export const Proof = Type.Object({
  zone: Type.String(),
  shop: Type.Object({ id: Type.Integer(), name: Type.String() }),
  profile: Type.Object({ id: Type.Number(), email: MaybeText, subjectKey: Type.String() }),
  basis: Type.Object({
    id: Type.Integer(),
    kind: Type.Union([Type.Literal('consent'), Type.Literal('legal')]),
    name: Type.String(),
    description: Type.String(),
    ground: Ground,
    purposes: Type.Array(Purpose),
    channels: Type.Array(Channel),
  }),
  status: BasisStatus,
  since: MaybeTime,
  /** There are changes before these. */
  more: Type.Boolean(),
  /** Newest first. */
  changes: Type.Array(ProofChange),
});
export type Proof = Static<typeof Proof>;

/** A shop's chain at one moment, signed: kept elsewhere, it finds what whoever owns the database changed. */
export const Anchor = Type.Object(
  {
    shop: Type.Integer(),
    n: Type.Integer({ minimum: 0 }),
    hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    at: Type.String({ maxLength: 40 }),
    signature: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);
export type Anchor = Static<typeof Anchor>;

export const LedgerState = Type.Object({
  n: Type.Number(),
  hash: Type.String(),
  /** Newest first. */
  anchors: Type.Array(Anchor),
});
export type LedgerState = Static<typeof LedgerState>;

export const VerifyBody = Type.Object(
  {
    /** The place the last answer ended at; 0: from the start. */
    after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    /** One the merchant kept elsewhere. */
    anchor: Type.Optional(Anchor),
  },
  { additionalProperties: false },
);

export const LedgerFault = Type.Object({
  n: Type.Number(),
  what: Type.Union([
    Type.Literal('row_missing'),
    Type.Literal('row_changed'),
    Type.Literal('evidence_changed'),
    Type.Literal('evidence_missing'),
    Type.Literal('head_differs'),
    Type.Literal('anchor_differs'),
    Type.Literal('anchor_forged'),
  ]),
});
export type LedgerFault = Static<typeof LedgerFault>;

export const LedgerSlice = Type.Object({
  checked: Type.Integer(),
  /** Rows whose evidence was erased, or which retention deleted: the chain stands over both. */
  evidenceErased: Type.Integer(),
  forgotten: Type.Integer(),
  faults: Type.Array(LedgerFault),
  /** Ask on from here; null: the end was reached. */
  next: Type.Union([Type.Number(), Type.Null()]),
});
export type LedgerSlice = Static<typeof LedgerSlice>;
