import { giveAct } from './acts.ts';
import { announce, startOf } from './announcement.ts';
import { decideAbandon, decideAutomation, decideCart } from './decide-cart.ts';
import { decideOrder } from './decide-order.ts';
import {
  decideAccount,
  decideConsent,
  decideNewsletter,
  decideObjection,
  decideProfile,
  decideToken,
  decideVisit,
} from './decide-person.ts';
import { decideErase, meetsErased, refuseForErased } from './erasure.ts';
import { isExpired } from './expiry.ts';
import type { ExpiryFact, Fact, SettingsFact, Statement } from './facts.ts';
import { profileId } from './ids.ts';
import { decideMerge } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { changeSettings } from './settings-change.ts';
import { isLive } from './source.ts';
import { hostAllowed } from './trust.ts';
import { newTurn, type Turn, whenOf } from './turn.ts';
import { decideUndo } from './undo.ts';
import { namedBasis } from './uplift.ts';
import type { ShopWorld } from './world.ts';

/**
 * What one received item does to a shop: changes the world and says what became of it. When `world.needs` is not empty
 * afterwards, the answer is void: load what is missing and decide the batch again from its start.
 */
export function decide(world: ShopWorld, statement: Statement): Outcome {
  const turn = newTurn(world, statement);
  const start = startOf(turn);
  const bot = statement.source.kind === 'browser' && statement.bot === true;
  const held = bot ? null : heldHost(turn);
  const released: string[] = [];
  const version = world.settings.version;
  if (bot) {
    turn.reasons.add('browser.bot');
    turn.refused = 'ignored';
  } else if (held === null) {
    for (const fact of statement.facts) decideFact(turn, fact, released);
    install(turn);
  } else {
    turn.reasons.add('browser.origin');
    turn.refused = 'ignored';
  }
  const unlisted = statement.source.kind === 'browser' && world.settings.domains.length === 0;
  return {
    word: turn.refused ?? (turn.changed ? 'applied' : 'unchanged'),
    reasons: [...turn.reasons],
    effects: {
      profile: turn.profile,
      order: turn.order,
      bases: turn.bases,
      ...(turn.cart === null ? {} : { cart: turn.cart }),
      ...(turn.erased.length === 0 ? {} : { erased: turn.erased }),
    },
    settingsVersion: version,
    heldFor: held,
    seenHost: unlisted ? statement.pageHost : null,
    released,
    announcements: announce(turn, start),
  };
}

/** The host a browser item is held for: it names a page outside the shop's list (rules §6.2). */
function heldHost(turn: Turn): string | null {
  const { source, pageHost } = turn.statement;
  return source.kind === 'browser' && !hostAllowed(pageHost, turn.world.settings.domains) ? pageHost : null;
}

function decideFact(turn: Turn, fact: Fact, released: string[]): void {
  const closed = turn.statement.source.kind === 'browser' && !turn.world.settings.browserWrites;
  if (closed && (fact.type === 'order' || fact.type === 'account')) {
    turn.reasons.add('browser.writes_off');
    turn.refused = 'ignored';
    return;
  }
  if (meetsErased(turn, fact)) {
    turn.reasons.add('person.erased');
    refuseForErased(turn, fact);
    if (fact.type === 'objection') decideObjection(turn, fact);
    else if (!turn.changed) turn.refused = 'ignored';
    return;
  }
  turn.named = null;
  turn.evidence = fact.type === 'consent' ? (fact.evidence ?? {}) : {};
  switch (fact.type) {
    case 'order':
      decideOrder(turn, fact);
      break;
    case 'account':
      decideAccount(turn, fact);
      break;
    case 'newsletter':
      decideNewsletter(turn, fact);
      break;
    case 'consent':
      decideConsent(turn, fact);
      break;
    case 'objection':
      decideObjection(turn, fact);
      break;
    case 'token':
      decideToken(turn, fact);
      break;
    case 'visit':
      decideVisit(turn, fact);
      break;
    case 'profile':
      decideProfile(turn, fact);
      break;
    case 'merge':
      decideMerge(turn, fact);
      break;
    case 'settings':
      decideSettings(turn, fact, released);
      break;
    case 'expiry':
      decideExpiry(turn, fact);
      break;
    case 'cart':
      decideCart(turn, fact);
      break;
    case 'abandon':
      decideAbandon(turn, fact);
      break;
    case 'automation':
      decideAutomation(turn, fact);
      break;
    case 'erase':
      decideErase(turn, fact);
      break;
    case 'undo':
      decideUndo(turn, fact);
      break;
  }
}

function decideSettings(turn: Turn, fact: SettingsFact, released: string[]): void {
  const { world, statement } = turn;
  const before = world.settings;
  const after = changeSettings(before, fact.change);
  if (typeof after === 'string') {
    turn.reasons.add(after);
    turn.refused = 'rejected';
    return;
  }
  if (JSON.stringify({ ...after, version: 0 }) === JSON.stringify({ ...before, version: 0 })) return;
  world.putSettings(after, statement.seq, statement.arrivedAt, turn.source);
  turn.changed = true;
  if (after.domains.length === 0) released.push('*');
  else released.push(...after.domains.filter((domain) => !before.domains.includes(domain)));
}

/** The nightly run, or the end of a double opt-in link's life, for one profile's basis (rules §4). */
function decideExpiry(turn: Turn, fact: ExpiryFact): void {
  const basis = namedBasis(turn, fact.basis);
  const id = profileId(fact.profileId);
  const profile = turn.world.profile(id);
  const row = basis === null || profile === null ? null : turn.world.basis(id, basis.id);
  if (basis === null || row === null) return;
  const { at } = whenOf(turn, fact.ownTime);
  const given = { profileId: id, basisId: basis.id, toward: 'unknown', cause: 'expiry', at, flags: {} } as const;
  turn.profile = { id, created: false };
  if (fact.run === 'link-ends') giveAct(turn, { ...given, kind: 'link-ends' });
  else if (isExpired(row, basis, at)) giveAct(turn, { ...given, kind: 'lapse' });
}

/** A shop is installed at its first accepted live fact; a visit does not install (rules §5, §10). */
function install(turn: Turn): void {
  const { world, statement } = turn;
  if (world.installedAt !== null || turn.refused !== null || !isLive(statement.source)) return;
  const speaks = statement.facts.some(
    (fact) => fact.type !== 'visit' && fact.type !== 'settings' && fact.type !== 'token',
  );
  if (speaks) world.installedAt = statement.arrivedAt;
}
