/** What a basis' cell may say (rules §8): SPREAD's values, and nothing guessed beyond them. */
import type { StatusWord } from './line.ts';

const words: Readonly<Record<Exclude<StatusWord, 'nothing'>, readonly string[]>> = {
  accepted: ['1', 'oui', 'yes', 'accepted', 'accepté', 'accepte'],
  refused: ['0', 'non', 'no', 'refused', 'refusé', 'refuse'],
  unknown: ['-1', 'inconnu', 'unknown'],
};

/** `said`: what the merchant decided for values of this file; null: nobody knows the value. */
export function statusOf(text: string, said: Readonly<Record<string, StatusWord>>): StatusWord | null {
  const label = text.trim().toLowerCase();
  const chosen = Object.hasOwn(said, label) ? said[label] : undefined;
  if (chosen !== undefined) return chosen;
  if (words.accepted.includes(label)) return 'accepted';
  if (words.refused.includes(label)) return 'refused';
  return words.unknown.includes(label) ? 'unknown' : null;
}
