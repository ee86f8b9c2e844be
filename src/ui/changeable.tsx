import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Permission } from '#contract/permissions.ts';
import { useMay } from './api.ts';
import { useText } from './text.ts';

/** What the reader sees, and changes only with the permission: without it every control inside is disabled, and a sentence says why. */
export function Changeable({ shop, asks, children }: { shop: number; asks: Permission; children: ReactNode }) {
  const say = useText();
  const allowed = useMay(shop)(asks);
  return (
    <fieldset className="changeable" disabled={!allowed}>
      {allowed ? null : (
        <Text size="sm" c="dimmed" mb="xs" component="legend">
          {say('common.readOnly')}
        </Text>
      )}
      {children}
    </fieldset>
  );
}
