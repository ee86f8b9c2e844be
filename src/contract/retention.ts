/** How long a shop keeps what, what would go tonight, and what went last (rules §7). Days; null: without end. */
import { type Static, Type } from '@sinclair/typebox';
import { instanceRetentionKinds } from './lists.ts';

export const retentionKinds = [
  'journalDays',
  'cartDays',
  'inactiveDays',
  'historyDays',
  'refusalDays',
  'mailDays',
  'webhookDays',
  'requestDays',
] as const;
const Kind = Type.Union([...retentionKinds, ...instanceRetentionKinds].map((kind) => Type.Literal(kind)));
const Days = Type.Union([Type.Integer({ minimum: 1, maximum: 7_305 }), Type.Null()]);

export const RetentionRow = Type.Object({
  kind: Kind,
  days: Days,
  limits: Type.Array(Type.Integer()),
  /** Tonight, counted up to `countedUpTo`. */
  due: Type.Integer(),
  ranAt: Type.Union([Type.Integer(), Type.Null()]),
  gone: Type.Integer(),
  goneEver: Type.Integer(),
});
export type RetentionRow = Static<typeof RetentionRow>;

export const RetentionRows = Type.Object({ rows: Type.Array(RetentionRow), countedUpTo: Type.Integer() });
export type RetentionRows = Static<typeof RetentionRows>;

const InstanceDays = Type.Object(
  Object.fromEntries(instanceRetentionKinds.map((kind) => [kind, Type.Integer()])) as Record<
    (typeof instanceRetentionKinds)[number],
    ReturnType<typeof Type.Integer>
  >,
);
/** A shop's, with the periods that the installation's owners set for everybody. */
export const RetentionPage = Type.Object({ ...RetentionRows.properties, installation: InstanceDays });
export type RetentionPage = Static<typeof RetentionPage>;

export const InstanceRetentionBody = Type.Object(
  Object.fromEntries(
    instanceRetentionKinds.map((kind) => [kind, Type.Optional(Type.Integer({ minimum: 1, maximum: 3_653 }))]),
  ),
  { additionalProperties: false, minProperties: 1 },
);
export type InstanceRetentionBody = Static<typeof InstanceRetentionBody>;

/** Only the kinds present change; for the preview, only they are counted as asked. */
export const RetentionBody = Type.Object(
  Object.fromEntries(retentionKinds.map((kind) => [kind, Type.Optional(Days)])),
  { additionalProperties: false, minProperties: 1 },
);
export type RetentionBody = Static<typeof RetentionBody>;
