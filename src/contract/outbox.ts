/** Mails on their way out, as the back office shows them. */
import { type Static, Type } from '@sinclair/typebox';

const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);

export const MailState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('sent'),
  Type.Literal('refused'),
  Type.Literal('given_up'),
]);
export type MailState = Static<typeof MailState>;

export const OutboxRow = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  to: Type.String(),
  state: MailState,
  tries: Type.Integer(),
  /** What the mail server answered last. */
  fault: MaybeText,
  createdAt: Type.Number(),
  nextTryAt: MaybeTime,
  sentAt: MaybeTime,
  /** Whether its words are still there, to download or to send again. */
  kept: Type.Boolean(),
});
export type OutboxRow = Static<typeof OutboxRow>;

export const MailHealth = Type.Object({
  /** Mails due and not yet sent, over all shops. */
  waiting: Type.Integer(),
  /** When the oldest of them was made. */
  waitingSince: MaybeTime,
  /** Whether the newest tries failed, and what was answered. */
  fault: MaybeText,
});
export type MailHealth = Static<typeof MailHealth>;

export const OutboxPage = Type.Object({
  /** Whether a mail server is set; without one, mails wait to be downloaded. */
  configured: Type.Boolean(),
  /** Of the shop; null: the reader's own. */
  zone: MaybeText,
  health: MailHealth,
  rows: Type.Array(OutboxRow),
  /** For the page after this one; null: it is the last. */
  next: MaybeText,
});
export type OutboxPage = Static<typeof OutboxPage>;

export const outboxRows = 50;
