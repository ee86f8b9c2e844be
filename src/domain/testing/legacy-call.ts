/** For tests: a legacy call's fields as the bytes a client would send, and what the decoder makes of them. */
import { decode } from '#wire/decode.ts';
import type { WireFormat } from '#wire/decoded.ts';
import type { Fact } from '../facts.ts';

/** `track` or `v1.<Method>` with its fields: the format, and the query or form body as browsers and PHP encode it. */
export function legacyCall(via: string, data: Readonly<Record<string, unknown>>): { format: WireFormat; body: string } {
  const track = via === 'track';
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(data)) collect(track ? name : `data[${name}]`, value, pairs);
  return { format: (track ? 'track' : `v1/${via.slice(3)}`) as WireFormat, body: pairs.join('&') };
}

export function readLegacy(via: string, data: Readonly<Record<string, unknown>>): readonly Fact[] | 'rejected' {
  const { format, body } = legacyCall(via, data);
  const decoded = decode(format, Buffer.from(body), null);
  return decoded.word === 'read' ? decoded.facts : 'rejected';
}

function collect(name: string, value: unknown, pairs: string[]): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, below] of Object.entries(value)) collect(`${name}[${key}]`, below, pairs);
  } else pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
}
