/** The addresses of a name, asked for once, and whether they may be reached. */
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { OutboundFailure } from '#contract/outbound.ts';
import { guardAddresses, type Reach } from './address-guard.ts';

export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

export interface HostLookupOptions {
  /** Addresses and ranges that may be reached although they are not public. */
  readonly allow: readonly string[];
  /** The addresses of a name; default: the system's. */
  readonly resolve?: (hostname: string) => Promise<readonly HostAddress[]>;
}

export interface Located {
  readonly addresses: readonly HostAddress[];
  /** `allowed`: each is in the operator's ranges. */
  readonly reach: Exclude<Reach, 'forbidden'>;
}

/** Throws when the deadline passes. A name that leads to one forbidden address is refused whole. */
export type HostLookup = (hostname: string, deadline: AbortSignal) => Promise<Located | OutboundFailure>;

export function openHostLookup({ allow, resolve }: HostLookupOptions): HostLookup {
  const reachOf = guardAddresses(allow);
  const ask = resolve ?? ((hostname: string) => systemLookup(hostname, { all: true }));

  async function addressesOf(hostname: string, deadline: AbortSignal): Promise<readonly HostAddress[] | null> {
    const family = isIP(hostname);
    if (family !== 0) return [{ address: hostname, family }];
    try {
      const found = await before(deadline, ask(hostname));
      return found.length === 0 ? null : found;
    } catch (error) {
      if (deadline.aborted) throw error;
      return null;
    }
  }

  return async (hostname, deadline) => {
    const addresses = await addressesOf(hostname.replace(/^\[|\]$/g, ''), deadline);
    if (addresses === null) return 'dns.failed';
    const reaches = addresses.map(({ address }) => reachOf(address));
    if (reaches.includes('forbidden')) return 'address.forbidden';
    return { addresses, reach: reaches.every((reach) => reach === 'allowed') ? 'allowed' : 'public' };
  };
}

/** Rejects when the deadline passes first; what comes later is dropped. */
function before<Value>(deadline: AbortSignal, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    deadline.addEventListener('abort', () => reject(new Error('deadline')), { once: true });
    work.then(resolve, reject);
  });
}
