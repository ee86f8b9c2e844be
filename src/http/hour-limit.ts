import type { Instant } from '#domain/facts.ts';
import { isLoopback, limitKey } from './client-address.ts';

const hourMs = 3_600_000;
const kept = 50_000;

/** Calls of one address in an hour, per web process. The machine itself is not counted, as in `AddressLimit`. */
export class HourLimit {
  readonly #most: number;
  #hour = 0;
  #calls = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  take(address: string, now: Instant): boolean {
    if (isLoopback(address)) return true;
    const hour = Math.floor(now / hourMs);
    if (hour !== this.#hour || this.#calls.size >= kept) {
      this.#hour = hour;
      this.#calls.clear();
    }
    const key = limitKey(address);
    const calls = (this.#calls.get(key) ?? 0) + 1;
    this.#calls.set(key, calls);
    return calls <= this.#most;
  }

  /** Until the next hour. */
  retrySeconds(now: Instant): number {
    return Math.ceil((hourMs - (now % hourMs)) / 1000);
  }
}
