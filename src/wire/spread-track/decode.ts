/** `GET /track` and its POST twin: what the published tracker sends (docs/wire/spread-track.md). */
import type { Decoded, Note } from '../decoded.ts';
import { parseForm, textAt } from '../php-form.ts';
import {
  isNamed,
  type Reading,
  readConsents,
  readOptIns,
  readOrder,
  readPerson,
  reference,
  stated,
} from '../spread-fields.ts';
import { flag } from '../values.ts';

export function decodeTrack(raw: Uint8Array): Decoded {
  const data = parseForm(raw);
  if ('fault' in data) return { word: 'unreadable', reason: data.fault, field: null };
  const notes: Note[] = [];
  const reading: Reading = { data, prefix: '', notes };
  const action = stated(textAt(data, 'action'))?.trim() ?? 'order';
  const person = readPerson(reading);
  const said = { store: null, ownTime: null, person, consents: readConsents(reading) };
  const records = (email: string | null) => readOptIns(reading, { email, sms: 'mobile_optin' });
  switch (action) {
    case 'order': {
      const order = readOrder(reading, '', reference(textAt(data, 'idorder')));
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
      const value = flag(textAt(data, 'optin')) === 0 ? 0 : 1;
      return { word: 'read', notes, facts: [{ type: 'newsletter', ...said, value, optIns: records(null) }] };
    }
    default:
      return { word: 'rejected', reason: 'wire.unknown_action', field: 'action' };
  }
}
