/** A call shown to people who may not see whom it is about: rendered again from its fields, never from its bytes. */
import { maskReference, maskWho } from '#contract/mask.ts';
import { isDayText, orderTexts } from '#domain/order-text.ts';
import type { WireFormat } from './decoded.ts';
import { type Json, parseJson } from './json.ts';
import { type FormValue, parseForm } from './php-form.ts';

/** The words of the shop that may stand as names of fields: tech names of its bases. */
export type OwnWords = ReadonlySet<string>;

/** The fields of a call, a line each or as JSON, masked; null: its bytes can be read as none of its format. */
export function renderMasked(format: WireFormat, raw: Uint8Array, own: OwnWords): string | null {
  if (isForm(format)) {
    const form = parseForm(raw);
    return 'fault' in form ? null : linesOf(form, own);
  }
  const json = parseJson(raw);
  return 'fault' in json ? null : JSON.stringify(maskJson(json.value, own), null, 2);
}

function isForm(format: WireFormat): boolean {
  return format === 'track' || format.startsWith('v1/') || format.startsWith('v3/');
}

function linesOf(form: Exclude<FormValue, string>, own: OwnWords): string {
  const lines: string[] = [];
  const walk = (path: string, name: string, value: FormValue): void => {
    if (typeof value === 'string') lines.push(`${path}=${maskValue(name, value, own)}`);
    else
      for (const [below, one] of value) walk(`${path}[${shownName(below, own)}]`, isPlace(below) ? name : below, one);
  };
  for (const [name, value] of form) walk(shownName(name, own), name, value);
  return lines.join('\n');
}

/** No call of ours is nested deeper. */
const deepest = 20;

/** What a decoder made of a call, or JSON as it came: names of fields stay, values only where they can be nobody's. */
export function maskJson(value: Json, own: OwnWords, name = '', depth = 0): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'string') return maskValue(name, String(value), own);
  if (depth > deepest) return '…';
  if (Array.isArray(value)) return value.map((one: Json) => maskJson(one, own, name, depth + 1));
  const masked: Record<string, Json> = {};
  for (const [key, below] of Object.entries(value)) {
    const shown = shownName(key, own);
    masked[shown in masked ? `${shown} ${Object.keys(masked).length}` : shown] = maskJson(below, own, key, depth + 1);
  }
  return masked;
}

/** By the field's name, what a value must look like to be shown. */
const amounts = /^-?\d{1,9}([.,]\d{1,6})?$/;
const small = /^-?\d{1,4}$/;
const codes = /^[A-Za-z0-9_-]{1,30}$/;
const times = /^(\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?( ?(Z|[+-]\d{2}:?\d{2}))?|\d{10}|\d{13})$/;
const words: Readonly<Record<string, RegExp>> = {
  action: /^(order|signup|newsletter)$/i,
  type: /^(order|account|signup|identify|consent|newsletter|cart|automation|token|objection|profile|settings|expiry|visit|abandon)$/,
  currency: /^[A-Z]{3}$/,
  payment: /^(none|authorised|part-paid|paid)$/,
  fulfilment: /^(none|part-shipped|shipped)$/,
  channel: /^(email|sms|phone|post)$/,
  kind: /^(act|record)$/,
  status: /^(accepted|refused|unknown|succeeded|pending|failed)$/,
};

const shownValues: ReadonlyMap<string, RegExp> = new Map([
  ...Object.entries(words),
  ...named(amounts, 'amount order_amount price unit total refunded cart_grandTotal'),
  ...named(small, 'optin mobile_optin customer_isoptin customer_mobile_optin smsOptin value quantity qty count'),
  ...named(small, 'cart_items_qty cart_items_count'),
  ...named(codes, 'state order_state code'),
  ...named(times, 'date order_date placedAt at sentAt local createdAt ago order_start_service order_end_service'),
  ...named(times, orderTexts.filter(isDayText).join(' ')),
  ...named(/^[A-Z]{3}$/, 'order_currency cart_currency_code'),
  ...named(/^[a-z]{2}([_-][A-Z]{2})?$/, 'lang customer_lang'),
]);

/** Shown as a reference is. */
const references = new Set(
  'idorder order_idorder key number cartKey cartId sku idProduct unique_id site id'.split(' '),
);

/** Names of fields that say nothing but what they are; their values are masked. */
const knownNames = new Set(
  [
    'email external_id externalId name firstname birthday gender address address_2 address2 address_3 address3 cp zip city country tel',
    'phone mobile fonction job company lang group add_tag del_tag add_order_tag del_order_tag tags removeTags addTags delTags',
    'custom_fields custom customer data person fields token sbt sbtl consents product_attributes attributes items item event events facts',
    'order optIns subject evidence basis techName customerEmail customerExternalId order_num ordernum facturation_number facturationNumber',
    'refunds refundTotal store ownTime creating cart call minted profileId writtenReason reset proof change emptied update',
    orderTexts.join(' '),
    'consent form page wording language run ref',
  ]
    .join(' ')
    .split(' ')
    .flatMap((name) => [name, `customer_${name}`]),
);

function maskValue(name: string, value: string, own: OwnWords): string {
  const pattern = own.has(name) ? small : shownValues.get(name);
  if (pattern?.test(value)) return value;
  return references.has(name) ? maskReference(value) : maskWho(value);
}

function shownName(name: string, own: OwnWords): string {
  const known = knownNames.has(name) || shownValues.has(name) || references.has(name) || own.has(name);
  return known || isPlace(name) ? name : maskWho(name);
}

/** A place in a list, or the number of a custom field. */
function isPlace(name: string): boolean {
  return /^\d{1,6}$/.test(name);
}

function named(pattern: RegExp, names: string): [string, RegExp][] {
  return names.split(' ').map((name) => [name, pattern]);
}
