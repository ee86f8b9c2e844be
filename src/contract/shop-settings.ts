/** What the shop is, in figures and words of its own: zone, currency, country, carts, custom fields. */
import { type Static, Type } from '@sinclair/typebox';

export const CustomFieldType = Type.Union([
  Type.Literal('text'),
  Type.Literal('number'),
  Type.Literal('date'),
  Type.Literal('bool'),
  Type.Literal('radio'),
]);
export type CustomFieldType = Static<typeof CustomFieldType>;

export const CustomField = Type.Object(
  {
    /** As the shop sends it: `custom_fields[327]`. */
    id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    type: CustomFieldType,
    question: Type.Union([Type.String({ maxLength: 500 }), Type.Null()]),
    /** The answers of a `radio`; otherwise none. */
    options: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 200, uniqueItems: true }),
    active: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type CustomField = Static<typeof CustomField>;

export const ShopSettingsPage = Type.Object({
  name: Type.String(),
  zone: Type.String(),
  currency: Type.String(),
  country: Type.String(),
  /** ISO 639-1, the main one first. */
  languages: Type.Array(Type.String()),
  /** Minutes nobody touched a cart after which it is abandoned. */
  cartMinutes: Type.Integer(),
  /** Days a double opt-in link lives. */
  confirmDays: Type.Integer(),
  customFields: Type.Array(CustomField),
});
export type ShopSettingsPage = Static<typeof ShopSettingsPage>;

/** Settings that rules read; only the keys present change. */
export const ShopSettingsBody = Type.Object(
  {
    zone: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    languages: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z]{2}$' }), { minItems: 1, maxItems: 20, uniqueItems: true }),
    ),
    cartMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 43_200 })),
    confirmDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 30 })),
    customFields: Type.Optional(Type.Array(CustomField, { maxItems: 500 })),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type ShopSettingsBody = Static<typeof ShopSettingsBody>;

export const ShopNameBody = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' }) },
  { additionalProperties: false },
);
export type ShopNameBody = Static<typeof ShopNameBody>;
