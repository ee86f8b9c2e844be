import { Alert, Badge, Button, Group, Modal, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { EndpointRow, TestAnswer } from '#contract/webhooks.ts';
import { useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { Empty, errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { CodeBlock } from './pieces.tsx';
import { useText, useWord } from './text.ts';
import { webhookApi } from './webhook-api.ts';
import { EndpointForm } from './webhook-form.tsx';
import { WebhookLog } from './webhook-log.tsx';

/** The shop's endpoints: what each is told, its secret, and the log of what was sent. */
export function WebhooksPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const list = useShopQuery(['webhooks'], shop, webhookApi.list);
  const [edited, setEdited] = useState<EndpointRow | 'new' | null>(null);
  const [secrets, setSecrets] = useState<readonly string[] | null>(null);
  if (list.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <PageTitle title={say('webhooks.title')} lead={say('webhooks.lead')}>
        <Button onClick={() => setEdited('new')} data-testid="webhook-add">
          {say('webhooks.add')}
        </Button>
      </PageTitle>
      {list.data.endpoints.length === 0 ? (
        <Empty title={say('webhooks.empty')}>{say('webhooks.emptyHelp')}</Empty>
      ) : null}
      <Stack gap="lg">
        {list.data.endpoints.map((endpoint) => (
          <Endpoint
            key={endpoint.id}
            shop={shop}
            endpoint={endpoint}
            zone={list.data.zone}
            onEdit={() => setEdited(endpoint)}
            onSecrets={setSecrets}
          />
        ))}
      </Stack>
      {edited === null ? null : (
        <EndpointForm
          shop={shop}
          endpoint={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
          onMade={setSecrets}
        />
      )}
      <Modal
        opened={secrets !== null}
        onClose={() => setSecrets(null)}
        title={say('webhooks.secret')}
        closeButtonProps={{ 'aria-label': say('common.close') }}
        lockScroll={false}
      >
        <Stack gap="sm">
          <Text size="sm">{say('webhooks.secretOnce')}</Text>
          {(secrets ?? []).map((secret) => (
            <CodeBlock key={secret} text={secret} label={say('webhooks.secret')} wrap testId="webhook-secret" />
          ))}
        </Stack>
      </Modal>
    </>
  );
}

function Endpoint({
  shop,
  endpoint,
  zone,
  onEdit,
  onSecrets,
}: {
  shop: number;
  endpoint: EndpointRow;
  zone: string;
  onEdit: () => void;
  onSecrets: (secrets: readonly string[]) => void;
}) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const queries = useQueryClient();
  const [log, setLog] = useState(false);
  const [sure, setSure] = useState(false);
  const { id, state, pausedBy, oldSecretUntil } = endpoint;
  const done = () => queries.invalidateQueries({ queryKey: ['shop', shop, 'webhooks'] });
  const failed = (error: unknown) => notifications.show({ color: 'red', message: errorText(say, error) });
  const act = useMutation({
    mutationFn: (what: 'pause' | 'resume' | 'delete') => webhookApi.act(shop, id, what),
    onSuccess: done,
    onError: failed,
  });
  const show = useMutation({
    mutationFn: (what: 'reveal' | 'rotate') => webhookApi.secrets(shop, id, what),
    onSuccess: (shown) => {
      onSecrets(shown.secrets);
      return done();
    },
    onError: failed,
  });
  const test = useMutation({
    mutationFn: () => webhookApi.test(shop, id),
    onSuccess: (answer) => {
      notifications.show({ color: answer.arrived ? 'teal' : 'red', message: testNotice(answer) });
      return done();
    },
    onError: failed,
  });
  const testNotice = ({ arrived, status, tookMs, failure }: TestAnswer): string =>
    arrived
      ? say('webhooks.testArrived', { status: status ?? '', ms: tookMs })
      : say('webhooks.testFailed', { why: failure === null ? String(status) : word('outbound', failure) });
  return (
    <Paper
      component="article"
      withBorder
      p={{ base: 'md', sm: 'lg' }}
      data-testid="webhook-endpoint"
      data-state={state}
    >
      <Group justify="space-between" gap="sm" align="flex-start">
        <div className="grow">
          <Title order={2} size="h4">
            {endpoint.name}
          </Title>
          <Text size="sm" className="breaks">
            {endpoint.url}
          </Text>
        </div>
        <StateBadge endpoint={endpoint} zone={zone} />
      </Group>
      {pausedBy === 'failing' || pausedBy === 'gone' ? (
        <Alert color="red" mt="sm" role="alert">
          {say(pausedBy === 'gone' ? 'webhooks.pausedGone' : 'webhooks.pausedFailing')}
        </Alert>
      ) : null}
      <Text size="sm" mt="xs">
        {endpoint.kinds.map((kind) => word('webhooks.kind', kind)).join(' · ')}
      </Text>
      <Text size="sm" c="dimmed">
        {say('webhooks.waiting', { count: endpoint.waiting })}
        {oldSecretUntil !== null && oldSecretUntil > Date.now()
          ? ` · ${say('webhooks.overlap', { date: format.dateTime(oldSecretUntil) })}`
          : null}
      </Text>
      <Group gap="xs" mt="sm">
        <Button size="xs" onClick={() => test.mutate()} loading={test.isPending} data-testid="webhook-test">
          {say('webhooks.test')}
        </Button>
        <Button size="xs" variant="default" onClick={onEdit} data-testid="webhook-edit">
          {say('webhooks.edit')}
        </Button>
        <Button size="xs" variant="default" onClick={() => show.mutate('reveal')} data-testid="webhook-reveal">
          {say('webhooks.reveal')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => show.mutate('rotate')}
          title={say('webhooks.rotateHelp')}
          data-testid="webhook-rotate"
        >
          {say('webhooks.rotate')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => act.mutate(state === 'active' ? 'pause' : 'resume')}
          data-testid="webhook-pause"
        >
          {say(state === 'active' ? 'webhooks.pause' : 'webhooks.resume')}
        </Button>
        <Button size="xs" variant="default" onClick={() => setSure(true)} data-testid="webhook-delete">
          {say('webhooks.delete')}
        </Button>
        <Button size="xs" variant="default" onClick={() => setLog(!log)} aria-expanded={log} data-testid="webhook-log">
          {say('webhooks.log')}
        </Button>
      </Group>
      {log ? <WebhookLog shop={shop} endpoint={id} zone={zone} /> : null}
      <Modal
        opened={sure}
        onClose={() => setSure(false)}
        title={say('webhooks.delete')}
        closeButtonProps={{ 'aria-label': say('common.close') }}
        lockScroll={false}
      >
        <Text size="sm">{say('webhooks.deleteSure')}</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setSure(false)}>
            {say('common.cancel')}
          </Button>
          <Button color="red" onClick={() => act.mutate('delete')} loading={act.isPending}>
            {say('webhooks.delete')}
          </Button>
        </Group>
      </Modal>
    </Paper>
  );
}

function StateBadge({ endpoint, zone }: { endpoint: EndpointRow; zone: string }) {
  const say = useText();
  const format = useFormat(zone);
  const { state, pausedBy, failingSince } = endpoint;
  const paused = state === 'paused';
  const color = paused ? (pausedBy === 'staff' ? 'gray' : 'red') : failingSince === null ? 'teal' : 'yellow';
  const text = paused
    ? say(pausedBy === 'staff' ? 'webhooks.state.staff' : 'webhooks.state.paused')
    : failingSince === null
      ? say('webhooks.state.active')
      : say('webhooks.state.failing', { date: format.dateTime(failingSince) });
  return (
    <Badge color={color} variant={color === 'gray' ? 'default' : 'light'} tt="none" data-testid="webhook-state">
      {text}
    </Badge>
  );
}
