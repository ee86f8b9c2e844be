/** What lists and files may be narrowed by. */
import { Type } from '@sinclair/typebox';

const Day = Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }));

/** Days in the shop's zone, both included. */
export const dayFilter = { from: Day, to: Day };

export const basisFilter = {
  /** Of those who hold this basis; with a status, of those who hold it so. */
  basis: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647 })),
  status: Type.Optional(Type.Union(['accepted', 'refused', 'unknown', 'to confirm'].map((word) => Type.Literal(word)))),
};
