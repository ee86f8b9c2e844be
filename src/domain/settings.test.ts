import { describe, expect, it } from 'vitest';
import { defaultSettings } from './settings.ts';

describe('settings of a new shop', () => {
  it('sends orders to the contract basis Commande and never to a consent', () => {
    const target = defaultSettings.bases.find((basis) => basis.id === defaultSettings.uplift.order);
    expect(target).toMatchObject({ name: 'Commande', kind: 'legal', ground: 'contract', purposes: ['service'] });
  });

  it('gives every basis its own id, although two share a tech name', () => {
    const ids = defaultSettings.bases.map((basis) => basis.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
