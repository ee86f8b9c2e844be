import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ExportRow } from '#contract/exports.ts';
import { exportApi } from './export-api.ts';
import { ExportForm } from './export-form.tsx';
import { useFormat } from './format.ts';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { Section, tone } from './pieces.tsx';
import { useText } from './text.ts';
import { useAct } from './use-act.ts';

const soonMs = 1_500;
const colors = {
  direct: 'teal',
  ready: 'teal',
  waiting: 'yellow',
  running: 'yellow',
  expired: 'gray',
  withdrawn: 'orange',
  failed: 'red',
} as const;

/** Files one asked for, and asking for another. */
export function ExportsPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const list = useQuery({
    queryKey: ['shop', shop, 'exports'],
    queryFn: () => exportApi.list(shop),
    refetchInterval: ({ state: { data } }) =>
      data?.exports.some(({ state }) => state === 'waiting' || state === 'running') ? soonMs : false,
  });
  return (
    <>
      <PageTitle title={say('exports.title')} lead={say('exports.lead')} />
      <Stack gap="lg">
        <Section id="new" title={say('exports.new')}>
          <ExportForm shop={shop} />
        </Section>
        <Section id="mine" title={say('exports.mine')} help={say('exports.private')}>
          {list.isPending ? <Loading /> : null}
          {list.isError ? <PageError error={list.error} onRetry={() => void list.refetch()} /> : null}
          {list.data?.exports.length === 0 ? <Empty title={say('exports.none')} /> : null}
          {list.data?.exports.map((row) => (
            <Export key={row.id} shop={shop} row={row} zone={list.data.zone} />
          ))}
        </Section>
      </Stack>
    </>
  );
}

function Export({ shop, row, zone }: { shop: number; row: ExportRow; zone: string }) {
  const say = useText();
  const format = useFormat(zone);
  const drop = useAct(() => exportApi.drop(shop, row.id), {
    told: () => say('exports.deleted'),
    touches: ['shop', shop, 'exports'],
  });
  const ready = row.state === 'ready' || row.state === 'direct';
  const told = [
    say(`exports.kind.${row.kind}`),
    ...(row.rows > 0 ? [say('exports.rows', { count: row.rows })] : []),
    say('exports.madeAt', { date: format.dateTime(row.createdAt) }),
    ...(ready && row.expiresAt !== null ? [say('exports.until', { date: format.dateTime(row.expiresAt) })] : []),
  ];
  const { state } = row;
  return (
    <Paper component="article" py="sm" data-testid="export" data-state={state} data-kind={row.kind}>
      <Group justify="space-between" gap="sm">
        <div className="grow">
          <Group gap="xs">
            <Text fw={600} className="breaks">
              {row.fileName}
            </Text>
            <Badge {...tone(colors[state])} tt="none">
              {say(`exports.state.${state}`)}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {told.join(' · ')}
          </Text>
          {state === 'expired' || state === 'withdrawn' || state === 'failed' ? (
            <Text size="sm">{say(`exports.stateHelp.${state}`)}</Text>
          ) : null}
        </div>
        <Group gap="xs">
          {ready ? (
            <Button
              component="a"
              href={exportApi.fileUrl(shop, row.id)}
              download
              size="xs"
              aria-label={say('exports.downloadFile', { file: row.fileName })}
              data-testid="export-download"
            >
              {say('exports.download')}
            </Button>
          ) : null}
          <Button
            size="xs"
            variant="default"
            loading={drop.isPending}
            onClick={() => drop.mutate(undefined)}
            aria-label={say('exports.deleteFile', { file: row.fileName })}
            data-testid="export-delete"
          >
            {say('exports.delete')}
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
