import type { Source } from '#domain/facts.ts';
import type { Lane } from './engine.ts';

/**
 * Whether an item is taken while the spool is `fill` full (0: calls go to the database, 1: no room is left). What can be fetched again
 * or only counts goes first, then what pages say; the last fifth is kept for shops' servers and for people.
 */
export function takesWhileSpooling(source: Source['kind'], lane: Lane, fill: number): boolean {
  if (lane === 'bulk' || source === 'system' || source === 'pull' || source === 'import') return fill < 0.5;
  if (source === 'browser') return fill < 0.8;
  return true;
}
