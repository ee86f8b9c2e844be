import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ConnectionRow, PullState } from '#contract/connections.ts';
import { connectionApi } from './connection-api.ts';
import { useFormat } from './format.ts';
import { SureDialog } from './sure-dialog.tsx';
import { useText } from './text.ts';
import { useAct } from './use-act.ts';

/** What is read from the store: its history with its progress, and what missed deliveries lost. */
export function Pulls({ shop, zone, connection }: { shop: number; zone: string; connection: ConnectionRow }) {
  const say = useText();
  const [sure, setSure] = useState(false);
  const { id, history, reconcile } = connection;
  const pull = useAct((what: 'history' | 'reconcile' | 'history/stop') => connectionApi.pull(shop, id, what), {
    told: (what) => (what === 'history/stop' ? null : say('connections.pull.queued')),
    touches: ['shop', shop],
    onDone: () => setSure(false),
  });
  const runs = history?.state === 'running';
  return (
    <Stack gap="xs" mt="md">
      {history === null ? null : <Pull shop={shop} kind="history" pull={history} zone={zone} />}
      {reconcile === null ? null : <Pull shop={shop} kind="reconcile" pull={reconcile} zone={zone} />}
      <Text size="sm" c="dimmed">
        {say('connections.reconcileHelp')}
      </Text>
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          onClick={() => pull.mutate('reconcile')}
          disabled={reconcile?.state === 'running'}
          data-testid="connection-reconcile"
        >
          {say('connections.reconcile')}
        </Button>
        <Button
          size="xs"
          variant="default"
          title={say('connections.historyHelp')}
          onClick={() => (runs ? pull.mutate('history/stop') : setSure(true))}
          data-testid="connection-history"
        >
          {say(runs ? 'connections.historyStop' : 'connections.history')}
        </Button>
      </Group>
      {sure ? (
        <SureDialog
          title={say('connections.history')}
          action={say('connections.history')}
          busy={pull.isPending}
          onSure={() => pull.mutate('history')}
          onClose={() => setSure(false)}
        >
          {say('connections.historySure')}
        </SureDialog>
      ) : null}
    </Stack>
  );
}

function Pull({
  shop,
  kind,
  pull,
  zone,
}: {
  shop: number;
  kind: 'history' | 'reconcile';
  pull: PullState;
  zone: string;
}) {
  const say = useText();
  const format = useFormat(zone);
  const { state, fault, expected, objects } = pull;
  const why = fault === null ? '' : say(`connections.fault.${fault}`);
  const waits = state === 'running' && fault !== null;
  const percent = expected === null || expected === 0 ? 0 : Math.min(100, (100 * objects) / expected);
  return (
    <div data-testid={`pull-${kind}`} data-state={state}>
      <Text size="sm">
        {say(`connections.pull.${kind}.${state}`, {
          objects: format.number(objects),
          expected: expected === null ? '?' : format.number(expected),
          date: format.dateTime(pull.finishedAt ?? pull.startedAt),
          why,
        })}
      </Text>
      {kind === 'history' && state === 'running' ? (
        <Progress value={percent} aria-label={say('connections.history')} mt={4} />
      ) : null}
      <Text size="sm" c="dimmed">
        {say('connections.pull.counts', {
          created: format.number(pull.created),
          updated: format.number(pull.updated),
          unchanged: format.number(pull.unchanged),
          refused: format.number(pull.refused),
        })}
      </Text>
      {pull.importId === null ? null : (
        <Text size="sm">
          <Link
            to="/shops/$shopId/imports/$importId"
            params={{ shopId: String(shop), importId: pull.importId }}
            data-testid="pull-report"
          >
            {say('connections.pull.report')}
          </Link>
        </Text>
      )}
      {kind === 'reconcile' && pull.repairedAt !== null ? (
        <Text size="sm" data-testid="pull-repaired">
          {say('connections.pull.repaired', {
            objects: format.number(pull.repaired),
            date: format.dateTime(pull.repairedAt),
          })}
        </Text>
      ) : null}
      {waits ? (
        <Text size="sm" c="red">
          {say('connections.pull.waits', { date: format.dateTime(pull.nextAt), why })}
        </Text>
      ) : null}
    </div>
  );
}
