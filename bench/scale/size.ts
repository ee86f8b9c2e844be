/** How much the filled database holds, and which of its people and orders a measurement may ask for: everything follows from a number. */

export interface Size {
  readonly profiles: number;
  readonly orders: number;
  /** Rows of the journal, and as many of the basis history. */
  readonly rows: number;
  /** Factor of the walk through the profiles, and its inverse modulo `profiles`. */
  readonly step: number;
  readonly back: number;
}

/** The journal holds 13 months (rules §7). */
export const journalDays = 396;
/** Raw bytes, and undecodable ones (rules §7). */
export const rawDays = 30;
export const unreadDays = 7;
export const shopCount = 10;
/** Four fifths of the profiles are of the first shop, a tenth of the second; the others share the rest. */
export const largeShop = 1;

const roundsOfHistory = 20;
const walk = 7919;

/** Five orders a person, twenty rows of the journal and of the history a person. */
export function sizeOf(profiles: number): Size {
  const back = inverse(walk, profiles);
  return { profiles, orders: profiles * 5, rows: profiles * roundsOfHistory, step: walk, back };
}

/** People of the large shop, spread over it; the first ones have the most orders. */
export function personOf({ profiles }: Size, n: number): number {
  const id = (n * 104_729) % profiles;
  // ids that end in 8 or 9 are of other shops
  return id % 10 < 8 && id > 0 ? id : Math.max(1, id - 3);
}

function inverse(value: number, modulus: number): number {
  for (let [before, after, a, b] = [0, 1, modulus, value % modulus]; ; ) {
    if (b === 0) throw new Error(`${value} and ${modulus} share a divisor: take another number of profiles`);
    if (b === 1) return ((after % modulus) + modulus) % modulus;
    const times = Math.floor(a / b);
    [before, after, a, b] = [after, before - times * after, b, a - times * b];
  }
}
