import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useMe } from './api.ts';
import { ExportMenu } from './export-menu.tsx';
import { useInstallation } from './installation-api.ts';
import { useText } from './text.ts';
import { VerificationFeed } from './verification-feed.tsx';
import { shopSource } from './verification-source.ts';

export function VerificationPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const search = useSearch({ from: '/shell/shops/$shopId/verification' });
  const zone = useMe().data?.shops.find((one) => one.id === shop)?.zone ?? 'UTC';
  const installation = useInstallation(shop);
  const checksWithin = useMemo(() => ['shop', shop, 'installation'], [shop]);
  return (
    <VerificationFeed
      title={say('verification.title')}
      lead={say('verification.lead')}
      source={shopSource(shop)}
      zone={zone}
      checks={installation}
      checksWithin={checksWithin}
      opened={search}
      actions={(filter) => <ExportMenu shop={shop} asked={{ kind: 'journal', filter }} />}
    />
  );
}
