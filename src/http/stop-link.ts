import type { Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';
import { writePersonLink } from '#store/person-link.ts';
import type { Keys } from '#store/secret.ts';
import { findAddressees } from '#views/person-page.ts';

/** Each person's own link, in their order; null where nobody of the shop has the address. `origin`: scheme and host. */
export async function findStopLinks(
  { pool, keys }: { readonly pool: Pool; readonly keys: Keys },
  origin: string,
  shop: ShopId,
  people: Parameters<typeof findAddressees>[2],
): Promise<(string | null)[]> {
  const found = await findAddressees(pool, shop, people);
  return found.map((one) =>
    one === null ? null : `${origin}/my-data/stop/${writePersonLink(keys, shop, one.profileId, one.emailNorm)}`,
  );
}
