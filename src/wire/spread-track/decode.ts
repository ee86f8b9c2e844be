/** `GET /track` and its POST twin: what the published tracker sends (docs/wire/spread-track.md). */
import type { Decoded, Note } from '../decoded.ts';
import { parseForm, textAt } from '../php-form.ts';
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

export function decodeTrack(raw: Uint8Array): Decoded {
  const data = parseForm(raw);
  if ('fault' in data) return { word: 'unreadable', reason: data.fault, field: null };
  const notes: Note[] = [];
  const reading: Reading = { data, prefix: '', notes };
  const action = stated(textAt(data, 'action'))?.trim().toLowerCase() || 'order';
  const person = readPerson(reading);
  const said = { store: null, ownTime: null, person, consents: readConsents(reading) };
  const records = (email: string | null) => readOptIns(reading, { email, sms: 'mobile_optin' });
  switch (action) {
    case 'order': {
      const key = reference(textAt(data, 'idorder'));
      if (key !== null && key.length > maxReference)
        return { word: 'rejected', reason: 'field.too_long', field: 'idorder' };
      const order = readOrder(reading, '', key);
      if (order === null && !isNamed(person))
        return { word: 'rejected', reason: 'wire.missing_field', field: 'idorder' };
      return {
        word: 'read',
        notes,
        facts: [{ type: 'order', ...said, creating: true, createdAt: null, order, optIns: records('optin') }],
      };
    }
    case 'signup':
      if (!isNamed(person)) return { word: 'rejected', reason: 'wire.no_identity', field: 'email' };
      return {
        word: 'read',
        notes,
        facts: [{ type: 'account', ...said, creating: true, createdAt: null, optIns: records('optin') }],
      };
    case 'newsletter': {
      if (!isNamed(person)) return { word: 'rejected', reason: 'wire.no_identity', field: 'email' };
      const value = readNewsletter(reading, 'optin');
      if (value === null) {
        const fact = { type: 'account', ...said, creating: false, createdAt: null, optIns: records(null) } as const;
        return { word: 'read', notes, facts: [fact] };
      }
      return { word: 'read', notes, facts: [{ type: 'newsletter', ...said, value, optIns: records(null) }] };
    }
    default:
      return { word: 'rejected', reason: 'wire.unknown_action', field: 'action' };
  }
}
