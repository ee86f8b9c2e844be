import type { Pool } from 'pg';
import { type DueCart, findDueCarts } from '#apply/cart-sweep.ts';
import type { Instant } from '#domain/facts.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import type { Envelope } from '#intake/envelope.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import type { Settler } from '#intake/settle.ts';
import type { Job } from './runner.ts';

export interface CartJobDeps {
  readonly pool: Pool;
  readonly engine: Pick<IntakeEngine, 'append'>;
  readonly settler: Settler;
  readonly now: () => Instant;
}

const slice = 500;
const settleMs = 30_000;

/** States which carts were left alone for too long, a fact each; waits for the last, so that no run states what another did. */
export function abandonedCartsJob({ pool, engine, settler, now }: CartJobDeps): Job {
  return {
    name: 'abandoned-carts',
    schedule: '* * * * *',
    async run() {
      const stated = new Set<string>();
      for (;;) {
        const due = await findDueCarts(pool, now(), slice);
        const fresh = due.filter(({ shopId, ref }) => !stated.has(`${shopId} ${ref}`));
        if (fresh.length === 0) return;
        for (const { shopId, ref } of fresh) stated.add(`${shopId} ${ref}`);
        const keys = await Promise.all(
          fresh.map(async (cart) => ({
            shopId: cart.shopId,
            ...(await engine.append(abandonment(cart, now()), 'live')),
          })),
        );
        const settled = await Promise.all(keys.map((key) => settler.settle(key, settleMs)));
        if (settled.includes(null)) return;
      }
    },
  };
}

function abandonment({ shopId, ref }: DueCart, arrivedAt: Instant): Envelope {
  return ownEnvelope(shopId, { kind: 'system' }, [{ type: 'abandon', ref }], arrivedAt);
}
