/** The Webhooks screen: a shop's endpoints, and the log of what was sent to them. */
import { type Static, Type } from '@sinclair/typebox';
import { announcementKinds } from '#domain/announcement.ts';

const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);

export const WebhookKind = Type.Union(announcementKinds.map((kind) => Type.Literal(kind)));

/** Waiting messages are counted up to this. */
export const waitingLimit = 1000;
/** Rows of a page of the log. */
export const deliveryRows = 50;
export const mostEndpoints = 20;

export const EndpointRow = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  url: Type.String(),
  kinds: Type.Array(Type.String()),
  createdAt: Type.Number(),
  state: Type.Union([Type.Literal('active'), Type.Literal('paused')]),
  /** `staff`, `failing`, `gone`; null: it is not paused. */
  pausedBy: MaybeText,
  pausedAt: MaybeTime,
  /** First failure since the last success. */
  failingSince: MaybeTime,
  /** Until then the former secret signs too. */
  oldSecretUntil: MaybeTime,
  /** At most `waitingLimit`. */
  waiting: Type.Integer(),
});
export type EndpointRow = Static<typeof EndpointRow>;

export const EndpointList = Type.Object({ zone: Type.String(), endpoints: Type.Array(EndpointRow) });
export type EndpointList = Static<typeof EndpointList>;

export const EndpointBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100 }),
    url: Type.String({ minLength: 1, maxLength: 2000 }),
    kinds: Type.Array(WebhookKind, { minItems: 1, uniqueItems: true }),
  },
  { additionalProperties: false },
);
export type EndpointBody = Static<typeof EndpointBody>;

/** Newest first: during the overlap of a rotation there are two. */
export const EndpointSecrets = Type.Object({ id: Type.Integer(), secrets: Type.Array(Type.String()) });
export type EndpointSecrets = Static<typeof EndpointSecrets>;

export const DeliveryState = Type.Union([Type.Literal('waiting'), Type.Literal('delivered'), Type.Literal('skipped')]);

export const AttemptRow = Type.Object({
  n: Type.Integer(),
  at: Type.Number(),
  tookMs: Type.Integer(),
  status: MaybeNumber,
  /** A code of `contract/outbound.ts`. */
  failure: MaybeText,
  answer: MaybeText,
});
export type AttemptRow = Static<typeof AttemptRow>;

export const DeliveryRow = Type.Object({
  id: Type.Number(),
  messageId: Type.String(),
  kind: Type.String(),
  createdAt: Type.Number(),
  state: DeliveryState,
  attempts: Type.Integer(),
  nextTryAt: Type.Number(),
  doneAt: MaybeTime,
  replay: Type.Boolean(),
  profileId: MaybeNumber,
  orderId: MaybeNumber,
  last: Type.Union([AttemptRow, Type.Null()]),
});
export type DeliveryRow = Static<typeof DeliveryRow>;

export const DeliveryList = Type.Object({
  deliveries: Type.Array(DeliveryRow),
  /** The id to go on before; null: that was all. */
  before: MaybeNumber,
});
export type DeliveryList = Static<typeof DeliveryList>;

export const DeliveryPage = Type.Object({ body: Type.String(), attempts: Type.Array(AttemptRow) });
export type DeliveryPage = Static<typeof DeliveryPage>;

export const TestAnswer = Type.Object({
  arrived: Type.Boolean(),
  status: MaybeNumber,
  failure: MaybeText,
  tookMs: Type.Integer(),
  answer: MaybeText,
});
export type TestAnswer = Static<typeof TestAnswer>;
