/** Ids are plain values, branded so that one cannot stand for another. */
declare const brand: unique symbol;
type Id<Name extends string> = number & { readonly [brand]: Name };

export type ShopId = Id<'shop'>;
export type ProfileId = Id<'profile'>;
export type OrderId = Id<'order'>;
export type BasisId = Id<'basis'>;
/** Place of a received item in the journal: batch id (53 bits) × 1024 + position in the micro-batch. Exceeds a number. */
export type Seq = bigint & { readonly [brand]: 'seq' };

export function shopId(value: number): ShopId {
  return value as ShopId;
}

export function profileId(value: number): ProfileId {
  return value as ProfileId;
}

export function orderId(value: number): OrderId {
  return value as OrderId;
}

export function basisId(value: number): BasisId {
  return value as BasisId;
}

export function seq(value: bigint): Seq {
  return value as Seq;
}
