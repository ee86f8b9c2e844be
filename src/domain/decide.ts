import type { Statement } from './facts.ts';
import type { Outcome } from './outcome.ts';
import type { ShopWorld } from './world.ts';

/**
 * What one received item does to a shop: changes the world and says what became of it. When `world.needs` is not empty
 * afterwards, the answer is void: load what is missing and decide the batch again from its start.
 */
export function decide(world: ShopWorld, statement: Statement): Outcome {
  const effects = { profile: null, order: null, bases: [] };
  const unchanged = { word: 'unchanged', reasons: [], effects, settingsVersion: world.settings.version } as const;
  return statement.facts.length === 0
    ? { ...unchanged, heldFor: null, seenHost: null, released: [] }
    : { ...unchanged, heldFor: null, seenHost: null, released: [] };
}
