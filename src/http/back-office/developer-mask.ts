/** What invited developers see of what a shop sends: their calls, and never whom these are about. */
import { maskEmail, maskReference, maskWho } from '#contract/mask.ts';
import type { OrderHistory, OrderRow } from '#contract/orders.ts';
import type { VerificationRow } from '#contract/verification.ts';
import type { JournalItem } from '#views/verification.ts';
import { isWireFormat } from '#wire/decoded.ts';
import { isJson } from '#wire/json.ts';
import { maskJson, type OwnWords, renderMasked } from '#wire/masked-call.ts';
import { hostOf } from '../arrival.ts';

export function maskRow(row: VerificationRow): VerificationRow {
  const { order, cart } = row;
  return {
    ...row,
    source: row.source.split(':')[0] ?? '',
    who: row.who === null ? null : maskWho(row.who),
    profileId: null,
    order: order === null ? null : { ...order, id: 0, key: maskReference(order.key) },
    cart: cart === null ? null : { ...cart, key: cart.key === null ? null : maskReference(cart.key) },
    bases: row.bases.map((move, place) => ({ ...move, profile: place })),
  };
}

/** `raw` null: its bytes are none of its format, or no longer kept; `rawBytes` says how many there were. */
export function maskItem(item: JournalItem, own: OwnWords) {
  const { facts, settingsVersion, headers, raw, rawBytes, format } = item;
  return {
    facts: isJson(facts) ? maskJson(facts, own) : null,
    settingsVersion,
    headers: headers === null ? null : maskHeaders(headers),
    raw: raw === null || !isWireFormat(format) ? null : renderMasked(format, raw, own),
    rawBytes,
  };
}

/** Pages are named by their host alone: an address may stand behind it. */
function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const name of ['origin', 'referer'] as const) {
    const host = hostOf(headers[name]);
    if (host !== null) shown[name] = host;
  }
  const type = /^[\w/+.-]{1,60}/.exec(headers['content-type'] ?? '')?.[0];
  if (type !== undefined) shown['content-type'] = type;
  if (headers['sec-gpc'] === '1') shown['sec-gpc'] = '1';
  return shown;
}

/** A source's name is the shop's own word. */
export function maskState(state: OrderHistory['states'][number]): OrderHistory['states'][number] {
  return { ...state, source: state.source.split(':')[0] ?? '' };
}

export function maskOrder(row: OrderRow): OrderRow {
  return {
    ...row,
    key: maskReference(row.key),
    number: row.number === null ? null : maskReference(row.number),
    profileId: null,
    email: row.email === null ? null : maskEmail(row.email),
  };
}
