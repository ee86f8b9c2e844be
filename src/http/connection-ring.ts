import type { Instant } from '#domain/facts.ts';
import type { KnownConnection } from '#store/connection.ts';
import { Ring } from './ring.ts';

/** All connections in memory. */
export class ConnectionRing extends Ring<KnownConnection> {
  constructor(load: () => Promise<KnownConnection[]>, now: () => Instant) {
    super(load, ({ source }) => source, now);
  }

  async find(source: string): Promise<KnownConnection | null> {
    const known = this.get(source);
    if (known !== undefined || !/^[0-9a-f]{32}$/.test(source)) return known ?? null;
    await this.lookAgain(source);
    return this.get(source) ?? null;
  }
}
