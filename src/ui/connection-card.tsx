import { Alert, Badge, Button, Group, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import type { ConnectionRow, ConnectionSecret, StoreCheck } from '#contract/connections.ts';
import { askedPlatforms } from '#contract/lists.ts';
import { connectionApi } from './connection-api.ts';
import { Pulls } from './connection-pulls.tsx';
import { useFormat } from './format.ts';
import { CopyIcon, tone } from './pieces.tsx';
import { SureDialog } from './sure-dialog.tsx';
import { type Say, useText, useWord } from './text.ts';
import { useAct } from './use-act.ts';

/** One connected store: does it deliver, how late, what was refused, and what mends it. */
export function ConnectionCard({
  shop,
  zone,
  connection,
  manages,
  onSecret,
}: {
  shop: number;
  zone: string;
  connection: ConnectionRow;
  manages: boolean;
  onSecret: (shown: ConnectionSecret) => void;
}) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const { id, lastAt, refusedAt, refusedWhy, oldSecretUntil, fault } = connection;
  return (
    <Paper
      component="article"
      withBorder
      p={{ base: 'md', sm: 'lg' }}
      data-testid="connection"
      data-state={stateOf(connection)}
    >
      <Group justify="space-between" gap="xs" align="flex-start">
        <Title order={3} size="h4" className="breaks">
          {connection.name}
        </Title>
        <StateBadge connection={connection} />
      </Group>
      <Group gap="xs" wrap="nowrap" mt={4}>
        <Text size="sm" className="breaks" data-testid="connection-address">
          {connection.url}
        </Text>
        <CopyIcon text={connection.url} label={say('connections.url')} />
      </Group>
      {fault === null ? null : (
        <Alert color="red" mt="sm" role="alert" data-testid="connection-fault">
          {say(`connections.fault.${fault}`)}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, sm: 4 }} mt="sm" spacing="sm">
        <Figure label={say('connections.last')} testId="connection-last">
          {lastAt === null ? say('connections.lastNone') : `${format.dateTime(lastAt)} · ${connection.lastTopic ?? ''}`}
        </Figure>
        <Figure label={say('connections.lag')} help={say('connections.lagHelp')} testId="connection-lag">
          {connection.lastLagMs === null ? '–' : lagText(say, connection.lastLagMs)}
        </Figure>
        <Figure label={say('connections.received')} testId="connection-received">
          {format.number(connection.received)}
        </Figure>
        <Figure label={say('connections.refused')} testId="connection-refused">
          {format.number(connection.refused)}
        </Figure>
      </SimpleGrid>
      {refusedAt === null ? null : (
        <Text size="sm" c="dimmed" mt="xs" data-testid="connection-refusal">
          {say('connections.lastRefused', { date: format.dateTime(refusedAt), why: word('reason', refusedWhy ?? '') })}
        </Text>
      )}
      {connection.repairedAt === null ? null : (
        <Text size="sm" mt="xs" data-testid="connection-repaired">
          {say('connections.repaired', {
            date: format.dateTime(connection.repairedAt),
            made: format.number(connection.repairedMade),
            woken: format.number(connection.repairedWoken),
          })}
        </Text>
      )}
      {oldSecretUntil !== null && oldSecretUntil > Date.now() ? (
        <Text size="sm" c="dimmed">
          {say('connections.overlap', { date: format.dateTime(oldSecretUntil) })}
        </Text>
      ) : null}
      {manages ? <Actions shop={shop} zone={zone} id={id} connection={connection} onSecret={onSecret} /> : null}
    </Paper>
  );
}

function Actions({
  shop,
  zone,
  id,
  connection,
  onSecret,
}: {
  shop: number;
  zone: string;
  id: number;
  connection: ConnectionRow;
  onSecret: (shown: ConnectionSecret) => void;
}) {
  const say = useText();
  const [sure, setSure] = useState<'delete' | 'rotate' | null>(null);
  const [opened, setOpened] = useState(false);
  const touches = ['shop', shop];
  const asked = askedPlatforms.some((platform) => platform === connection.platform);
  const reveal = useAct(() => connectionApi.reveal(shop, id), { onDone: onSecret });
  const rotate = useAct(() => connectionApi.rotate(shop, id, null), {
    touches,
    onDone: (made) => {
      setSure(null);
      onSecret(made);
    },
  });
  const end = useAct(() => connectionApi.delete(shop, id), { touches, onDone: () => setSure(null) });
  const check = useAct(() => connectionApi.check(shop, id), { touches, onDone: (found) => tell(say, found) });
  return (
    <>
      <Group gap="xs" mt="sm">
        {connection.address === null ? null : (
          <Button size="xs" onClick={() => check.mutate()} loading={check.isPending} data-testid="connection-check">
            {say('connections.check')}
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => reveal.mutate()} data-testid="connection-reveal">
          {say('connections.reveal')}
        </Button>
        {connection.platform === 'shopify' ? null : (
          <Button size="xs" variant="default" onClick={() => setSure('rotate')} title={say('connections.rotateHelp')}>
            {say('connections.rotate')}
          </Button>
        )}
        {asked ? (
          <Button
            size="xs"
            variant="default"
            onClick={() => setOpened(!opened)}
            aria-expanded={opened}
            data-testid="connection-api"
          >
            {say('connections.api')}
          </Button>
        ) : null}
        <Button size="xs" variant="default" onClick={() => setSure('delete')} data-testid="connection-delete">
          {say('connections.delete')}
        </Button>
      </Group>
      {connection.address === null ? null : (
        <Text size="sm" c="dimmed" mt="xs" className="breaks">
          {say('connections.apiOf', { address: connection.address })}
        </Text>
      )}
      {asked && connection.address !== null ? <Pulls shop={shop} zone={zone} connection={connection} /> : null}
      {opened ? <ApiForm shop={shop} connection={connection} onDone={() => setOpened(false)} /> : null}
      {sure === null ? null : (
        <SureDialog
          title={say(`connections.${sure}`)}
          action={say(`connections.${sure}`)}
          busy={end.isPending || rotate.isPending}
          onSure={() => (sure === 'delete' ? end.mutate() : rotate.mutate())}
          onClose={() => setSure(null)}
        >
          {say(`connections.${sure}Sure`)}
        </SureDialog>
      )}
    </>
  );
}

function ApiForm({ shop, connection, onDone }: { shop: number; connection: ConnectionRow; onDone: () => void }) {
  const say = useText();
  const [address, setAddress] = useState(connection.address ?? 'https://');
  const [key, setKey] = useState('');
  const [secret, setSecret] = useState('');
  const [found, setFound] = useState<StoreCheck | null>(null);
  const platform = askedPlatforms.find((one) => one === connection.platform);
  const save = useAct(
    () =>
      connectionApi.saveApi(shop, connection.id, {
        address: address.trim(),
        credentials:
          platform === 'shopify'
            ? { token: key.trim() }
            : { key: key.trim(), ...(platform === 'woocommerce' ? { secret: secret.trim() } : {}) },
      }),
    {
      touches: ['shop', shop],
      onDone: (check) => {
        setFound(check);
        if (!check.ok) return;
        tell(say, check);
        onDone();
      },
    },
  );
  if (platform === undefined) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit} aria-label={say('connections.api')}>
      <Stack gap="sm" mt="md">
        <Text size="sm">{say(`connections.apiHelp.${platform}`)}</Text>
        <TextInput
          label={say('connections.address')}
          value={address}
          required
          maxLength={300}
          inputMode="url"
          onChange={(event) => setAddress(event.currentTarget.value)}
          data-testid="connection-api-address"
        />
        <TextInput
          label={say(`connections.key.${platform}`)}
          value={key}
          required
          minLength={4}
          maxLength={300}
          autoComplete="off"
          onChange={(event) => setKey(event.currentTarget.value)}
          data-testid="connection-api-key"
        />
        {platform === 'woocommerce' ? (
          <TextInput
            label={say('connections.apiSecret')}
            type="password"
            value={secret}
            required
            minLength={4}
            maxLength={300}
            autoComplete="off"
            onChange={(event) => setSecret(event.currentTarget.value)}
            data-testid="connection-api-secret"
          />
        ) : null}
        {found !== null && !found.ok ? (
          <Alert color="red" role="alert" data-testid="connection-api-missing">
            {found.missing.map((fault) => (
              <div key={fault}>{say(`connections.fault.${fault}`)}</div>
            ))}
          </Alert>
        ) : null}
        <Group>
          <Button type="submit" size="xs" loading={save.isPending} data-testid="connection-api-save">
            {say('connections.apiSave')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Figure({
  label,
  help,
  testId,
  children,
}: {
  label: string;
  help?: string;
  testId?: string;
  children: string;
}) {
  return (
    <div title={help}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" className="breaks" data-testid={testId}>
        {children}
      </Text>
    </div>
  );
}

type State = 'fault' | 'receiving' | 'pinged' | 'waiting';

function stateOf({ fault, lastAt, pings }: ConnectionRow): State {
  if (fault !== null) return 'fault';
  if (lastAt !== null) return 'receiving';
  return pings > 0 ? 'pinged' : 'waiting';
}

const colors = { fault: 'red', receiving: 'teal', pinged: 'yellow', waiting: 'gray' } as const;

function StateBadge({ connection }: { connection: ConnectionRow }) {
  const say = useText();
  const state = stateOf(connection);
  return (
    <Badge {...tone(colors[state])} tt="none" data-testid="connection-state">
      {say(`connections.state.${state}`)}
    </Badge>
  );
}

function lagText(say: Say, ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return say('connections.lagSeconds', { count: seconds });
  const minutes = Math.round(seconds / 60);
  return minutes < 120
    ? say('connections.lagMinutes', { count: minutes })
    : say('connections.lagHours', { count: Math.round(minutes / 60) });
}

function tell(say: Say, { ok, missing, webhooks }: StoreCheck): void {
  const lacks = missing.map((fault) => say(`connections.fault.${fault}`));
  const fine = webhooks === null ? say('connections.checked') : say('connections.checkedHooks', { ...webhooks });
  const message = ok ? [fine, ...lacks].join(' ') : (lacks[0] ?? say('connections.fault.no_answer'));
  notifications.show({ color: !ok ? 'red' : lacks.length > 0 ? 'yellow' : 'teal', message });
}
