/** The audit log: who did what, newest first. */
import { type Static, Type } from '@sinclair/typebox';
import { auditKinds } from '#domain/audit.ts';

const MaybeText = Type.Union([Type.String(), Type.Null()]);

export const AuditKindName = Type.Union(auditKinds.map((kind) => Type.Literal(kind)));

export const AuditQuery = Type.Object(
  {
    kind: Type.Optional(AuditKindName),
    /** A member's id. */
    user: Type.Optional(Type.String({ maxLength: 64 })),
    /** The id of the last row seen. */
    before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  },
  { additionalProperties: false },
);
export type AuditQuery = Static<typeof AuditQuery>;

export const AuditRow = Type.Object({
  id: Type.Number(),
  at: Type.Number(),
  /** Their address then; null: the program itself. */
  who: MaybeText,
  /** null: not a member of anything. */
  userId: MaybeText,
  kind: AuditKindName,
  action: Type.String(),
  profileId: Type.Union([Type.Number(), Type.Null()]),
  /** What it was about, as it was written down. */
  detail: Type.Array(Type.Object({ name: Type.String(), value: Type.String() })),
});
export type AuditRow = Static<typeof AuditRow>;

export const AuditList = Type.Object({
  zone: Type.String(),
  rows: Type.Array(AuditRow),
  /** For the page after this one; null: it is the last. */
  next: Type.Union([Type.Number(), Type.Null()]),
  /** Whoever did anything lately, to filter by. */
  people: Type.Array(Type.Object({ userId: Type.String(), who: Type.String() })),
});
export type AuditList = Static<typeof AuditList>;

export const auditRows = 50;
