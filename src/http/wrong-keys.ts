import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '#domain/facts.ts';
import { isLoopback, limitKey } from './client-address.ts';

const windowMs = 60_000;
const wrongPerAddress = 20;
const wrongPerKey = 50;
const slowMs = 1_000;
const slowAtOnce = 500;
const kept = 20_000;

/**
 * Slows guessing of private keys down. An address that was wrong twenty times within a minute is not listened to for the rest of it,
 * except for a pair it has proved before: who shares the address cannot lock the shop's own server out. A public key that is guessed at
 * from everywhere has its wrong answers delayed; right ones never are.
 */
export class WrongKeys {
  #minute = 0;
  #byAddress = new Map<string, number>();
  #byKey = new Map<string, number>();
  /** Address and public key, the latest proof last. */
  readonly #proved = new Set<string>();
  #slow = 0;

  /** False: answer 429, whatever the private key is. */
  mayTry(address: string | undefined, publicKey: string, now: Instant): boolean {
    if (isLoopback(address)) return true;
    this.#turn(now);
    const who = limitKey(address);
    return (this.#byAddress.get(who) ?? 0) < wrongPerAddress || this.#proved.has(pairOf(who, publicKey));
  }

  proved(address: string | undefined, publicKey: string): void {
    const pair = pairOf(limitKey(address), publicKey);
    this.#proved.delete(pair);
    this.#proved.add(pair);
    const [oldest] = this.#proved;
    if (this.#proved.size > kept && oldest !== undefined) this.#proved.delete(oldest);
  }

  /** Resolves when the wrong answer may be given. */
  async wrong(address: string | undefined, publicKey: string, now: Instant): Promise<void> {
    this.#turn(now);
    add(this.#byAddress, limitKey(address));
    const guesses = add(this.#byKey, publicKey.slice(0, 200));
    if (guesses <= wrongPerKey || this.#slow >= slowAtOnce) return;
    this.#slow += 1;
    await pause(slowMs);
    this.#slow -= 1;
  }

  /** Seconds until a refused address is listened to again. */
  retrySeconds(now: Instant): number {
    return Math.ceil((windowMs - (now % windowMs)) / 1000);
  }

  #turn(now: Instant): void {
    const minute = Math.floor(now / windowMs);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#byAddress.clear();
    this.#byKey.clear();
  }
}

function pairOf(who: string, publicKey: string): string {
  return `${who} ${publicKey}`;
}

/** Bounded: with too many keys the count starts anew. */
function add(counts: Map<string, number>, key: string): number {
  if (counts.size >= kept) counts.clear();
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
