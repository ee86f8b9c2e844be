/** The register of processing (GDPR article 30) and the annex to a processor's contract (article 28), as the live settings have them. */
import { type Static, Type } from '@sinclair/typebox';

const Text = Type.String();

export const Register = Type.Object({
  shop: Type.Object({ id: Type.Integer(), name: Text }),
  /** ISO 8601, UTC. */
  madeAt: Text,
  zone: Text,
  /** Of the settings it was made from. */
  settingsVersion: Type.Integer(),
  /** One a basis: what is done with people's data on this ground. */
  activities: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Text,
      description: Text,
      ground: Text,
      balanceTest: Type.Union([Text, Type.Null()]),
      purposes: Type.Array(Text),
      channels: Type.Array(Text),
      active: Type.Boolean(),
      expiryDays: Type.Union([Type.Integer(), Type.Null()]),
      doubleOptIn: Type.Boolean(),
      /** People in it now. */
      accepted: Type.Integer(),
    }),
  ),
  /** What is kept, in which tables, and how long (`days` null: without end, or as `keep` says). */
  data: Type.Array(
    Type.Object({
      kind: Text,
      tables: Type.Array(Text),
      erasure: Type.Array(Text),
      keeps: Type.Array(Type.Object({ keep: Text, days: Type.Union([Type.Integer(), Type.Null()]) })),
    }),
  ),
  recipients: Type.Array(Type.Object({ name: Text, host: Text, active: Type.Boolean() })),
  team: Type.Array(Type.Object({ role: Text, members: Type.Integer() })),
});
export type Register = Static<typeof Register>;
