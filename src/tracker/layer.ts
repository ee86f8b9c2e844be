/** The page's `dataLayer`: what was pushed before us, and what comes. */
import { attempt, global } from './page.ts';

/** `take` sees each entry once, as GTM objects or gtag's arguments. */
export function watchLayer(take: (entry: Record<string | number, unknown>) => void): void {
  const name = document.querySelector<HTMLScriptElement>('script[data-layer]')?.dataset.layer || 'dataLayer';
  const layer = global(name) as { push: (...entries: unknown[]) => number; [place: number]: unknown } | undefined;
  const see = (entry: unknown): void => {
    if (typeof entry === 'object' && entry) attempt(() => take(entry as Record<string | number, unknown>));
  };
  if (!Array.isArray(layer)) return;
  for (const entry of layer.slice()) see(entry);
  const push = layer.push;
  layer.push = function (...entries: unknown[]): number {
    const answer = push.apply(this, entries);
    entries.forEach(see);
    return answer;
  };
}
