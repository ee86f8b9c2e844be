/** What a statement came through decides how far it is trusted (rules §2.8, §3.3, §6.1). */
import type { Source } from './facts.ts';
import type { ShopSettings } from './settings.ts';

/** 1 browser, 2 server, store, import and api, 3 staff and the person. A lower rank never stands against a higher one. */
export type Rank = 1 | 2 | 3;

export function rankOf(source: Source): Rank {
  if (source.kind === 'browser') return 1;
  return source.kind === 'staff' || source.kind === 'person' ? 3 : 2;
}

/** The word kept beside acts and history: `browser`, `server`, `store:<name>`, `import:<id>`, `staff:<id>`, … */
export function sourceName(source: Source): string {
  if (source.kind === 'store' || source.kind === 'pull') return `${source.kind}:${source.store}`;
  if (source.kind === 'import') return `import:${source.importId}`;
  if (source.kind === 'staff') return `staff:${source.userId}`;
  return source.kind;
}

/** The source a word of `sourceName` stands for; null for a word it never gives. */
export function sourceOfName(name: string): Source | null {
  const colon = name.indexOf(':');
  const kind = colon < 0 ? name : name.slice(0, colon);
  const of = colon < 0 ? '' : name.slice(colon + 1);
  switch (kind) {
    case 'browser':
    case 'server':
    case 'api':
    case 'person':
    case 'system':
      return { kind };
    case 'store':
    case 'pull':
      return { kind, store: of };
    case 'import':
      return { kind, importId: of };
    case 'staff':
      return { kind, userId: of };
    default:
      return null;
  }
}

/** Under which of the shop's state maps a source's codes are looked up (rules §3.2). */
export function sourceKeyOf(source: Source): string {
  return source.kind === 'store' || source.kind === 'pull' ? `store:${source.store}` : source.kind;
}

/** Opt-in records of one series are compared with each other; a store's pull continues its live series (rules §4, §10). */
export function recordSeries(source: Source): string {
  if (source.kind === 'store' || source.kind === 'pull') return `store:${source.store}`;
  return source.kind;
}

/** Pulls and imports tell what was before; they give no order or account basis (rules §5). */
export function isHistory(source: Source): boolean {
  return source.kind === 'pull' || source.kind === 'import';
}

/** A live fact of the shop itself: the first one accepted installs it (rules §5). */
export function isLive(source: Source): boolean {
  return source.kind === 'browser' || source.kind === 'server' || source.kind === 'store' || source.kind === 'api';
}

export const defaultNamespace = 'default';

/** The namespace of ids and orders: the store named, else the shop's only connected store, else `default` (rules §2.1). */
export function namespaceOf(source: Source, store: string | null, settings: ShopSettings): string {
  if (store !== null) return store;
  if (source.kind === 'store' || source.kind === 'pull') return source.store;
  const [only, ...others] = settings.stores;
  return only !== undefined && others.length === 0 ? only : defaultNamespace;
}
