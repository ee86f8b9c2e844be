/** The v1 server calls: `data[…]` forms as PHP's `http_build_query` writes them (docs/wire/spread-v1.md). */
import type { Decoded, Note } from '../decoded.ts';
import { type FormNode, nodeAt, parseForm, textAt } from '../php-form.ts';
import {
  isNamed,
  maxReference,
  type Reading,
  readConsents,
  readNewsletter,
  readOptIns,
  readOrder,
  readPerson,
  reference,
  stated,
} from '../spread-fields.ts';

export type V1Method = 'CreateOrder' | 'UpdateOrder' | 'CreateAccount' | 'UpdateAccount' | 'RegenCookie';

/** `minted`: the token RegenCookie answers with, made at the door. */
export function decodeV1(method: V1Method, raw: Uint8Array, minted: string | null): Decoded {
  const form = parseForm(raw);
  if ('fault' in form) return { word: 'unreadable', reason: form.fault, field: null };
  const data = unwrap(form);
  if (data === null) return { word: 'rejected', reason: 'wire.missing_field', field: 'data' };
  const notes: Note[] = [];
  const reading: Reading = { data, prefix: 'customer_', notes };
  const person = readPerson(reading);
  const said = { store: null, ownTime: null, person } as const;
  const action = stated(textAt(data, 'action'))?.trim().toLowerCase();
  const newsletter = action === 'newsletter' && method !== 'RegenCookie';
  const ofOrders = method === 'CreateOrder' || method === 'UpdateOrder';
  const key = ofOrders ? orderReference(form, data) : null;
  // The documentation lets an order method carry `action=signup`; without a reference it is about the account.
  const signup = action === 'signup' && key === null;
  const bySignUp = newsletter && isNamed(person) ? readNewsletter(reading, 'customer_isoptin') : null;
  if (ofOrders && !signup && (!newsletter || key !== null)) {
    if (key !== null && key.length > maxReference)
      return { word: 'rejected', reason: 'field.too_long', field: 'order_idorder' };
    const order = readOrder(reading, 'order_', key);
    if (order === null && !isNamed(person))
      return { word: 'rejected', reason: 'wire.missing_field', field: 'order_idorder' };
    const creating = method === 'CreateOrder';
    const optIns = records(reading, newsletter ? null : 'customer_isoptin');
    const consents = readConsents(reading);
    const fact = { type: 'order', ...said, creating, createdAt: null, order, optIns, consents } as const;
    if (bySignUp === null) return { word: 'read', notes, facts: [fact] };
    // what an order names `newsletter` is both: the order, and the act of who placed it
    const act = { type: 'newsletter', ...said, value: bySignUp, optIns: [], consents: [] } as const;
    return { word: 'read', notes, facts: [fact, act] };
  }
  if (!isNamed(person)) return unnamed(person.email);
  if (method === 'RegenCookie') return { word: 'read', notes, facts: [{ type: 'token', ...said, minted }] };
  const consents = readConsents(reading);
  if (newsletter) {
    const optIns = records(reading, null);
    if (bySignUp !== null)
      return { word: 'read', notes, facts: [{ type: 'newsletter', ...said, value: bySignUp, optIns, consents }] };
    const fact = { type: 'account', ...said, creating: false, createdAt: null, optIns, consents } as const;
    return { word: 'read', notes, facts: [fact] };
  }
  const creating = method === 'CreateAccount' || (method === 'CreateOrder' && signup);
  const optIns = records(reading, 'customer_isoptin');
  return { word: 'read', notes, facts: [{ type: 'account', ...said, creating, createdAt: null, optIns, consents }] };
}

function records(reading: Reading, email: string | null): ReturnType<typeof readOptIns> {
  return readOptIns(reading, { email, sms: 'customer_mobile_optin' });
}

/** `data`, and a `data` inside it, which old modules wrapped twice: the inner values stand. */
function unwrap(form: FormNode): FormNode | null {
  const data = nodeAt(form, 'data');
  const inner = data === null ? null : nodeAt(data, 'data');
  return data === null || inner === null ? data : new Map([...data, ...inner]);
}

function orderReference(form: FormNode, data: FormNode): string | null {
  const request = nodeAt(form, 'request');
  return reference(textAt(data, 'order_idorder'), request === null ? null : textAt(request, 'order_idorder'));
}

function unnamed(email: string | null): Decoded {
  if (email === null) return { word: 'rejected', reason: 'wire.no_identity', field: 'customer_email' };
  return { word: 'rejected', reason: 'identity.email_invalid', field: 'customer_email' };
}
