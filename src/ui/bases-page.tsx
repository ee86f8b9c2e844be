import { Badge, Button, Group, Paper, Stack, Switch, Text, Title } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { BasisRow } from '#contract/bases.ts';
import { gdprApi, useMay, useShopQuery } from './api.ts';
import { DoubleOptIn } from './double-opt-in.tsx';
import { GdprNav } from './gdpr-nav.tsx';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { tone } from './pieces.tsx';
import { dotted, useLanguage, useText, useWord } from './text.ts';

/** CRM > RGPD: every basis, who is in it and what feeds it. */
export function BasesPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const list = useShopQuery(['bases'], shop, gdprApi.bases);
  const may = useMay(shop);
  const [archived, showArchived] = useState(false);
  if (list.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  const hidden = list.data.bases.filter((basis) => !basis.active).length;
  return (
    <>
      <PageTitle title={say('gdpr.title')} lead={say('gdpr.lead')}>
        {may('bases.change') ? (
          <Button
            renderRoot={(props) => (
              <Link
                {...props}
                to="/shops/$shopId/gdpr/bases/$basisId"
                params={{ shopId: String(shop), basisId: 'new' }}
              />
            )}
            data-testid="basis-new"
          >
            {say('bases.new')}
          </Button>
        ) : null}
      </PageTitle>
      <GdprNav shop={shop} />
      <Text size="sm" c="dimmed" mb="md">
        {say('bases.help')}
      </Text>
      <Stack gap="sm">
        {list.data.bases
          .filter((basis) => basis.active || archived)
          .map((basis) => (
            <BasisCard key={basis.id} shop={shop} basis={basis} />
          ))}
      </Stack>
      {list.data.bases.some((basis) => basis.doubleOptIn) ? (
        <Stack mt="lg">
          <DoubleOptIn key={list.data.confirmDays} shop={shop} list={list.data} />
        </Stack>
      ) : null}
      {hidden === 0 ? null : (
        <Switch
          mt="md"
          label={say('bases.showArchived')}
          checked={archived}
          onChange={(event) => showArchived(event.currentTarget.checked)}
          data-testid="bases-archived"
        />
      )}
    </>
  );
}

function BasisCard({ shop, basis }: { shop: number; basis: BasisRow }) {
  const say = useText();
  const word = useWord();
  const fed = basis.feeds.map((event) => word('event', event)).join(', ');
  return (
    <Paper withBorder p="md" component="article" data-testid="basis-card" data-basis={basis.id}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Title order={2} size="h5">
          <Link
            to="/shops/$shopId/gdpr/bases/$basisId"
            params={{ shopId: String(shop), basisId: String(basis.id) }}
            className="text-link"
            data-testid="basis-open"
          >
            {basis.name}
          </Link>
        </Title>
        <Group gap={6}>
          <Badge {...tone(basis.kind === 'consent' ? 'teal' : 'indigo')} tt="none">
            {word('ground', basis.ground)}
          </Badge>
          {basis.doubleOptIn ? (
            <Badge variant="default" tt="none">
              {say('bases.doubleOptIn')}
            </Badge>
          ) : null}
          {basis.active ? null : (
            <Badge variant="default" tt="none">
              {say('bases.archived')}
            </Badge>
          )}
        </Group>
      </Group>
      <Text size="sm" c="dimmed" mt={2}>
        {dotted([
          ...basis.purposes.map((one) => word('purpose', one)),
          basis.channels.map((one) => word('channel', one)).join(', '),
          basis.expiry === null ? say('bases.neverExpires') : say('bases.expires', { days: basis.expiry.days }),
          fed === '' ? say('bases.fedByNothing') : say('bases.fedBy', { events: fed }),
        ])}
      </Text>
      {basis.description === '' ? null : (
        <Text size="sm" mt={6}>
          {basis.description}
        </Text>
      )}
      <Group justify="space-between" mt="sm" gap="xs">
        <Counts counts={basis.counts} />
        <Group gap={6}>
          {Object.keys(basis.texts).length > 0 || basis.ground === 'contract' ? null : (
            <Badge {...tone('orange')} tt="none">
              {say('bases.noText')}
            </Badge>
          )}
          {basis.ground === 'legitimate-interest' && basis.balanceTest === null ? (
            <Badge {...tone('orange')} tt="none">
              {say('bases.noBalance')}
            </Badge>
          ) : null}
        </Group>
      </Group>
    </Paper>
  );
}

const shown = [
  ['accepted', 'accepted'],
  ['refused', 'refused'],
  ['toConfirm', 'to confirm'],
  ['unknown', 'unknown'],
] as const;

export function Counts({ counts }: { counts: BasisRow['counts'] }) {
  const say = useText();
  const word = useWord();
  const number = new Intl.NumberFormat(useLanguage());
  return (
    <dl className="counts" title={say('bases.countsHelp')} data-testid="basis-counts">
      {shown
        .filter(([key]) => key !== 'toConfirm' || counts.toConfirm > 0)
        .map(([key, status]) => (
          <div key={key}>
            <dt>{word('status', status)}</dt>
            <dd data-count={key}>{number.format(counts[key])}</dd>
          </div>
        ))}
    </dl>
  );
}
