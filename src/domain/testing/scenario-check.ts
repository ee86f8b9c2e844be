/** For tests: what a scenario's `expect` says about a shop, each line with the sentence a failure prints. */
import { mayContact } from '../contact.ts';
import { emailNormal } from '../email.ts';
import type { Channel, Instant } from '../facts.ts';
import type { Order } from '../order.ts';
import type { Profile } from '../profile.ts';
import type { Purpose } from '../settings.ts';
import type { Step } from './scenario-facts.ts';
import { identifiersOf, type ScenarioShop, type ShopOverrides } from './scenario-shop.ts';

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly rule: string;
  readonly shop: ShopOverrides;
  readonly before?: readonly Step[];
  readonly steps: readonly Step[];
  readonly arrivalOrders: 'given' | 'any';
  readonly expect: Expectation;
}

interface Expectation {
  readonly profiles?: readonly (readonly string[])[];
  readonly orderCount?: number;
  readonly orders?: readonly Record<string, unknown>[];
  readonly bases?: readonly {
    readonly profile: string;
    readonly basis: string;
    readonly status: string;
    readonly since?: string;
  }[];
  readonly contactable?: readonly {
    readonly address: string;
    readonly channel: Channel;
    readonly purpose: Purpose;
    readonly answer: boolean;
  }[];
  readonly historyCount?: readonly { readonly profile: string; readonly basis: string; readonly count: number }[];
  readonly fields?: readonly { readonly profile: string; readonly field: string; readonly value: unknown }[];
}

export interface Difference {
  readonly about: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Everything in which a shop differs from what the scenario expects; empty: it meets it. */
export function differences(shop: ScenarioShop, expected: Expectation): readonly Difference[] {
  const seen = [...statements(shop, expected)];
  return seen.filter(({ expected: wanted, found }) => JSON.stringify(wanted) !== JSON.stringify(found));
}

/** Every order of the steps a scenario wants tried; the arrival times stay where they are. */
export function arrivalOrders(scenario: Scenario): readonly (readonly Step[])[] {
  return scenario.arrivalOrders === 'any' ? permutations(scenario.steps) : [scenario.steps];
}

function* statements(shop: ScenarioShop, expected: Expectation): Iterable<Difference> {
  const { world } = shop;
  if (expected.profiles !== undefined) {
    const sorted = (lists: readonly (readonly string[])[]) => lists.map((ids) => [...ids].sort().join(' ')).sort();
    yield {
      about: 'profiles',
      expected: sorted(expected.profiles),
      found: sorted(peopleOf(world)),
    };
  }
  if (expected.orderCount !== undefined) {
    yield { about: 'number of orders', expected: expected.orderCount, found: world.orders.size };
  }
  for (const wanted of expected.orders ?? []) yield* orderStatements(shop, wanted);
  for (const { profile, basis, status, since } of expected.bases ?? []) {
    const found = shop.profile(profile);
    const row = found === null ? null : world.basis(found.id, shop.basisId(basis));
    yield {
      about: `${basis} of ${profile}`,
      expected: status,
      found: found === null ? 'no profile' : (row?.standing.status ?? 'unknown'),
    };
    if (since !== undefined) {
      yield { about: `${basis} of ${profile} since`, expected: Date.parse(since), found: row?.standing.since ?? null };
    }
  }
  for (const { address, channel, purpose, answer } of expected.contactable ?? []) {
    const validated = (id: Profile['id']) =>
      [...world.orders.values()].some((order) => order.ownerId === id && order.validated);
    const found = mayContact(world, `email:${emailNormal(address) ?? ''}`, channel, purpose, validated).allowed;
    yield { about: `may we contact ${address} by ${channel} for ${purpose}`, expected: answer, found };
  }
  for (const { profile, basis, count } of expected.historyCount ?? []) {
    const id = shop.profile(profile)?.id;
    const rows = world.changes.history.filter((row) => row.profileId === id && row.basisId === shop.basisId(basis));
    yield { about: `history rows of ${basis} of ${profile}`, expected: count, found: rows.length };
  }
  for (const { profile, field, value } of expected.fields ?? []) {
    const found = shop.profile(profile);
    const kept = field === 'tags' ? [...(found?.tags ?? [])].sort() : (found?.fields[field as 'name'] ?? null);
    yield { about: `${field} of ${profile}`, expected: Array.isArray(value) ? [...value].sort() : value, found: kept };
  }
}

function* orderStatements(shop: ScenarioShop, wanted: Record<string, unknown>): Iterable<Difference> {
  const { key, source, owner, ...fields } = wanted;
  const namespace = source ?? 'default';
  const order = [...shop.world.orders.values()].find((known) => known.key === key && known.namespace === namespace);
  if (order === undefined) {
    yield { about: `order ${String(key)} of ${String(namespace)}`, expected: 'there', found: 'missing' };
    return;
  }
  if (owner !== undefined) {
    const profile = order.ownerId === null ? null : (shop.world.profiles.get(order.ownerId) ?? null);
    const found = profile === null ? null : identifiersOf(profile);
    const met = owner === null ? found === null : (found?.includes(String(owner)) ?? false);
    yield { about: `owner of ${String(key)}`, expected: owner, found: met ? owner : found };
  }
  for (const [field, value] of Object.entries(fields)) {
    const found: Instant | unknown = order[field as keyof Order];
    yield { about: `${field} of order ${String(key)}`, expected: value, found };
  }
}

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, place) =>
    permutations(items.filter((_, other) => other !== place)).map((rest) => [first, ...rest]),
  );
}

/** Identifiers of each person: merged profiles are one. */
function peopleOf({ profiles }: ScenarioShop['world']): (readonly string[])[] {
  const roots = [...profiles.values()].filter(({ mergedInto }) => mergedInto === null);
  return roots.map((root) =>
    [root, ...root.absorbed.flatMap((id) => profiles.get(id) ?? [])].flatMap((one) => identifiersOf(one)),
  );
}
