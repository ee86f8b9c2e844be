import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ConnectionSecret, StorePlatformName } from '#contract/connections.ts';
import { storePlatforms } from '#contract/lists.ts';
import { connectionApi } from './connection-api.ts';
import { ConnectionCard } from './connection-card.tsx';
import { Dialog } from './dialog.tsx';
import { Empty, Loading, PageError } from './page-state.tsx';
import { CodeBlock, Section } from './pieces.tsx';
import { platformLook } from './platform-look.ts';
import { useText } from './text.ts';
import { useAct } from './use-act.ts';

/** So that a first delivery shows by itself. */
const lookMs = 5_000;

/** The stores that deliver by themselves: how each goes, and what connects another. */
export function ConnectionsSection({
  shop,
  platform,
  manages,
}: {
  shop: number;
  platform: string | null;
  manages: boolean;
}) {
  const say = useText();
  const list = useQuery({
    queryKey: ['shop', shop, 'connections'],
    queryFn: () => connectionApi.list(shop),
    refetchInterval: lookMs,
  });
  const [adding, setAdding] = useState(false);
  const [shown, setShown] = useState<ConnectionSecret | null>(null);
  return (
    <Section id="connections" title={say('connections.title')} help={say('connections.help')}>
      <Stack gap="md">
        {list.isPending ? <Loading /> : null}
        {list.isError ? <PageError error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.data?.connections.length === 0 ? (
          <Empty title={say('connections.empty')}>{say('connections.emptyHelp')}</Empty>
        ) : null}
        {list.data?.connections.map((connection) => (
          <ConnectionCard
            key={connection.id}
            shop={shop}
            zone={list.data.zone}
            connection={connection}
            manages={manages}
            onSecret={setShown}
          />
        ))}
        {manages ? (
          <Group>
            <Button onClick={() => setAdding(true)} data-testid="connection-add">
              {say('connections.add')}
            </Button>
          </Group>
        ) : null}
      </Stack>
      {adding ? (
        <ConnectForm
          shop={shop}
          platform={storePlatforms.find((one) => one === platform) ?? 'woocommerce'}
          onClose={() => setAdding(false)}
          onMade={(made) => {
            setAdding(false);
            setShown(made);
          }}
        />
      ) : null}
      <Modal
        opened={shown !== null}
        onClose={() => setShown(null)}
        title={say('connections.made')}
        closeButtonProps={{ 'aria-label': say('common.close') }}
        lockScroll={false}
        size="lg"
      >
        {shown === null ? null : (
          <Stack gap="sm">
            <Text size="sm">{say('connections.madeHelp')}</Text>
            <Text size="sm" fw={600}>
              {say('connections.url')}
            </Text>
            <CodeBlock text={shown.url} label={say('connections.url')} wrap testId="connection-url" />
            <Text size="sm" fw={600}>
              {say('connections.secret')}
            </Text>
            <CodeBlock text={shown.secret} label={say('connections.secret')} wrap testId="connection-secret" />
          </Stack>
        )}
      </Modal>
    </Section>
  );
}

function ConnectForm({
  shop,
  platform: first,
  onClose,
  onMade,
}: {
  shop: number;
  platform: StorePlatformName;
  onClose: () => void;
  onMade: (made: ConnectionSecret) => void;
}) {
  const say = useText();
  const [platform, setPlatform] = useState<StorePlatformName>(first);
  const [name, setName] = useState('');
  const [secret, setSecret] = useState('');
  const isShopify = platform === 'shopify';
  const make = useAct(
    () =>
      connectionApi.create(shop, {
        platform,
        name: name.trim() || nameOf(platform),
        ...(isShopify ? { secret: secret.trim() } : {}),
      }),
    { touches: ['shop', shop], onDone: onMade },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Dialog onClose={onClose} title={say('connections.add')} lockScroll={false}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <NativeSelect
            label={say('connections.platform')}
            value={platform}
            onChange={(event) =>
              setPlatform(storePlatforms.find((one) => one === event.currentTarget.value) ?? 'woocommerce')
            }
            data={storePlatforms.map((value) => ({ value, label: nameOf(value) }))}
            data-testid="connection-platform"
          />
          <TextInput
            label={say('connections.name')}
            description={say('connections.nameHelp')}
            value={name}
            maxLength={100}
            placeholder={nameOf(platform)}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="connection-name"
          />
          {isShopify ? (
            <TextInput
              label={say('connections.clientSecret')}
              description={say('connections.clientSecretHelp')}
              value={secret}
              required
              minLength={8}
              maxLength={300}
              autoComplete="off"
              onChange={(event) => setSecret(event.currentTarget.value)}
              data-testid="connection-client-secret"
            />
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button type="submit" loading={make.isPending} data-testid="connection-save">
              {say('connections.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function nameOf(platform: StorePlatformName): string {
  return platform === 'evershop' ? 'EverShop' : platformLook[platform].name;
}
