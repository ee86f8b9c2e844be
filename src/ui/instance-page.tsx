import { Anchor, Badge, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { InstanceShops } from '#contract/instance.ts';
import { useFormat } from './format.ts';
import { instanceApi } from './instance-api.ts';
import { InstanceHead } from './instance-nav.tsx';
import { Loading, PageError } from './page-state.tsx';
import { Section, tone } from './pieces.tsx';
import { SureDialog } from './sure-dialog.tsx';
import { useText } from './text.ts';
import { useAct } from './use-act.ts';

type Shop = InstanceShops['shops'][number];
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Every shop of the installation: made, closed, exported, deleted. */
export function InstancePage() {
  const shops = useQuery({ queryKey: ['instance', 'shops'], queryFn: instanceApi.shops });
  return (
    <>
      <InstanceHead />
      {shops.isPending ? <Loading /> : null}
      {shops.isError ? <PageError error={shops.error} onRetry={() => void shops.refetch()} /> : null}
      {shops.data === undefined ? null : (
        <Stack gap="lg">
          <NewShop />
          {shops.data.shops.map((shop) => (
            <ShopLine key={shop.id} shop={shop} />
          ))}
        </Stack>
      )}
    </>
  );
}

function NewShop() {
  const say = useText();
  const [name, setName] = useState('');
  const create = useAct(() => instanceApi.createShop(name.trim()), {
    told: () => say('instance.created', { name: name.trim() }),
    touches: [],
    onDone: () => setName(''),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(undefined);
  };
  return (
    <Section id="new-shop" title={say('instance.newShop')}>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label={say('instance.newShopName')}
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            className="grow"
            maw={420}
            data-testid="new-shop-name"
          />
          <Button type="submit" disabled={name.trim() === ''} loading={create.isPending} data-testid="new-shop-create">
            {say('instance.create')}
          </Button>
        </Group>
      </form>
    </Section>
  );
}

function ShopLine({ shop }: { shop: Shop }) {
  const say = useText();
  const format = useFormat(zone);
  const { id, name, closedAt, deletingAt } = shop;
  return (
    <Paper
      component="article"
      withBorder
      p={{ base: 'md', sm: 'lg' }}
      data-testid="instance-shop"
      data-name={name}
      data-state={deletingAt !== null ? 'deleting' : closedAt !== null ? 'closed' : 'open'}
    >
      <Group justify="space-between" gap="sm" align="flex-start">
        <div className="grow">
          <Group gap="xs">
            <Title order={2} size="h4">
              {name}
            </Title>
            {shop.demo ? (
              <Badge {...tone('cyan')} tt="none">
                {say('shops.demo')}
              </Badge>
            ) : null}
            {deletingAt !== null ? (
              <Badge {...tone('red')} tt="none">
                {say('instance.deleting')}
              </Badge>
            ) : null}
            {closedAt !== null && deletingAt === null ? (
              <Badge {...tone('orange')} tt="none">
                {say('instance.closed', { date: format.date(closedAt) })}
              </Badge>
            ) : null}
            {shop.administrators === 0 && deletingAt === null ? (
              <Badge {...tone('red')} tt="none">
                {say('instance.noAdministrator')}
              </Badge>
            ) : null}
          </Group>
          <Text size="sm" c="dimmed">
            {say('instance.shopMeta', { date: format.date(shop.createdAt), count: shop.members })} ·{' '}
            {shop.installedAt === null
              ? say('shops.notInstalled')
              : say('shops.installed', { date: format.date(shop.installedAt) })}
          </Text>
        </div>
      </Group>
      {deletingAt === null ? <ShopActs shop={shop} /> : null}
      {shop.mine ? (
        <Anchor
          size="sm"
          mt="xs"
          display="inline-block"
          renderRoot={(props) => <Link {...props} to="/shops/$shopId" params={{ shopId: String(id) }} />}
          aria-label={say('instance.visitOf', { name })}
        >
          {say('instance.visit')}
        </Anchor>
      ) : null}
    </Paper>
  );
}

function ShopActs({ shop }: { shop: Shop }) {
  const say = useText();
  const [asked, setAsked] = useState<'close' | 'delete' | null>(null);
  const { id, name, closedAt } = shop;
  const words = { close: 'instance.closedDone', open: 'instance.reopened', join: 'instance.joined' } as const;
  const turn = useAct((how: 'close' | 'open' | 'join') => instanceApi.turnShop(id, how), {
    told: (how) => say(words[how], { name }),
    touches: [],
    onDone: () => setAsked(null),
  });
  const remove = useAct(() => instanceApi.deleteShop(id, name), {
    told: () => say('instance.deleted', { name }),
    touches: [],
    onDone: () => setAsked(null),
  });
  return (
    <Group gap="xs" mt="sm">
      {shop.mine ? null : (
        <Button
          size="xs"
          variant="default"
          onClick={() => turn.mutate('join')}
          aria-label={say('instance.joinOf', { name })}
          data-testid="shop-join"
        >
          {say('instance.join')}
        </Button>
      )}
      <Button
        component="a"
        href={instanceApi.exportUrl(id)}
        download
        size="xs"
        variant="default"
        aria-label={say('instance.exportOf', { name })}
        data-testid="shop-export"
      >
        {say('instance.export')}
      </Button>
      {closedAt === null ? (
        <Button
          size="xs"
          variant="default"
          onClick={() => setAsked('close')}
          aria-label={say('instance.closeOf', { name })}
          data-testid="shop-close"
        >
          {say('instance.close')}
        </Button>
      ) : (
        <>
          <Button
            size="xs"
            variant="default"
            loading={turn.isPending}
            onClick={() => turn.mutate('open')}
            aria-label={say('instance.reopenOf', { name })}
            data-testid="shop-reopen"
          >
            {say('instance.reopen')}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => setAsked('delete')}
            aria-label={say('instance.deleteOf', { name })}
            data-testid="shop-delete"
          >
            {say('instance.delete')}
          </Button>
        </>
      )}
      {asked === 'close' ? (
        <SureDialog
          title={say('instance.closeOf', { name })}
          action={say('instance.close')}
          busy={turn.isPending}
          onSure={() => turn.mutate('close')}
          onClose={() => setAsked(null)}
        >
          {say('instance.closeSure', { name })}
        </SureDialog>
      ) : null}
      {asked === 'delete' ? (
        <SureDialog
          title={say('instance.deleteOf', { name })}
          action={say('instance.delete')}
          typed={name}
          typedLabel={say('instance.deleteType', { name })}
          busy={remove.isPending}
          onSure={() => remove.mutate(undefined)}
          onClose={() => setAsked(null)}
        >
          {say('instance.deleteSure', { name })}
        </SureDialog>
      ) : null}
    </Group>
  );
}
