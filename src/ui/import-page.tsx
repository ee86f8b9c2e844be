import { Alert, Button, FileButton, Group, Progress, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ImportPage } from '#contract/imports.ts';
import { useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { importApi, uploadFile } from './import-api.ts';
import { CountLine, ReasonTable } from './import-counts.tsx';
import { ImportSetup } from './import-setup.tsx';
import { ImportUndo } from './import-undo.tsx';
import { errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { type Say, useLanguage, useText, useWord } from './text.ts';

const moving = new Set(['reading', 'checking', 'running', 'stopping', 'undoing']);
const askMs = 700;

/** One import, from its file to its report. */
export function ImportScreen() {
  const word = useWord();
  const { shopId, importId = '' } = useParams({ strict: false });
  const shop = Number(shopId);
  const list = useShopQuery(['imports'], shop, importApi.list);
  const page = useQuery({
    queryKey: ['shop', shop, 'import', importId],
    queryFn: () => importApi.page(shop, importId),
    refetchInterval: ({ state }) => (state.data !== undefined && moving.has(state.data.state) ? askMs : false),
  });
  if (list.isPending || page.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  if (page.isError) return <PageError error={page.error} onRetry={() => void page.refetch()} />;
  const { data } = page;
  return (
    <>
      <PageTitle
        title={data.fileName === '' ? word('imports.kind', data.kind) : data.fileName}
        lead={word('imports.kind', data.kind)}
      />
      <Stack gap="lg" data-testid="import" data-state={data.state}>
        <Progressing shop={shop} page={data} zone={list.data.zone} />
        {data.state === 'ready' && data.setup !== null && data.look !== null ? (
          <ImportSetup key={`${data.look.encoding} ${data.look.separator}`} shop={shop} page={data} list={list.data} />
        ) : null}
        <ImportUndo shop={shop} page={data} zone={list.data.zone} />
      </Stack>
    </>
  );
}

function Progressing({ shop, page, zone }: { shop: number; page: ImportPage; zone: string }) {
  const say = useText();
  const word = useWord();
  const queries = useQueryClient();
  const format = useFormat(zone);
  const language = useLanguage();
  const act = useMutation({
    mutationFn: (what: 'run' | 'stop') => importApi.act(shop, page.id, what),
    onSuccess: (next) => queries.setQueryData(['shop', shop, 'import', page.id], next),
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const again = useMutation({
    mutationFn: (file: File) => uploadFile(shop, page, file, () => undefined),
    onSuccess: (next) => queries.setQueryData(['shop', shop, 'import', page.id], next),
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const percent = Math.floor(100 * page.progress);
  if (page.state === 'ready') return null;
  if (page.state === 'failed')
    return (
      <Alert color="red" role="alert" data-testid="import-fault">
        {say('imports.fault', { why: page.fault === null ? say('error.fault') : word('reason', page.fault) })}
      </Alert>
    );
  if (page.state === 'uploading')
    return (
      <Section id="upload" title={say('imports.state.uploading')} help={say('imports.uploadAgain', { percent })}>
        <FileButton
          onChange={(file) => file?.size === page.size && again.mutate(file)}
          inputProps={{ id: 'import-upload' }}
        >
          {(props) => (
            <Button {...props} loading={again.isPending}>
              {say('imports.file')}
            </Button>
          )}
        </FileButton>
      </Section>
    );
  const busy = moving.has(page.state);
  return (
    <Section id="state" title={word('imports.state', page.state)}>
      <Stack gap="sm">
        {busy ? <Progress value={100 * page.progress} aria-label={word('imports.state', page.state)} animated /> : null}
        {page.state === 'running' ? (
          <Text size="sm" c="dimmed" data-testid="import-rate">
            {rateText(page, format.number, say)}
          </Text>
        ) : null}
        {page.kind === 'history' && page.fault !== null ? (
          <Alert color="red" role="alert" data-testid="import-fault">
            {word('connections.fault', page.fault)}
          </Alert>
        ) : null}
        <CountLine counts={page.counts} zone={zone} testId="import-counts" />
        <ReasonTable counts={page.counts} zone={zone} />
        <Group>
          {page.state === 'running' || page.state === 'checking' ? (
            <Button
              variant="default"
              onClick={() => act.mutate('stop')}
              loading={act.isPending}
              data-testid="import-stop"
            >
              {say('imports.stop')}
            </Button>
          ) : null}
          {page.state === 'stopped' && page.kind !== 'history' ? (
            <Button onClick={() => act.mutate('run')} loading={act.isPending} data-testid="import-resume">
              {say('imports.runResume')}
            </Button>
          ) : null}
          {page.hasReport ? (
            <Button
              component="a"
              variant="default"
              href={`/api/shops/${shop}/imports/${page.id}/report.csv?lang=${language}`}
              download
              data-testid="import-report"
            >
              {say('imports.report')}
            </Button>
          ) : null}
        </Group>
        {page.hasReport ? (
          <Text size="xs" c="dimmed">
            {say('imports.reportHelp')}
          </Text>
        ) : null}
      </Stack>
    </Section>
  );
}

/** Lines read so far, how many a second since the start, and how long the rest takes at that. */
function rateText(page: ImportPage, number: (value: number) => string, say: Say): string {
  const seconds = Math.max(1, (Date.now() - (page.startedAt ?? Date.now())) / 1000);
  const rate = page.lines / seconds;
  const left = page.progress === 0 ? 0 : (seconds * (1 - page.progress)) / page.progress;
  const time =
    left < 90
      ? say('imports.left.seconds', { count: Math.ceil(left) })
      : say('imports.left.minutes', { count: Math.round(left / 60) });
  return say('imports.rate', { lines: number(page.lines), rate: number(Math.round(rate)), left: time });
}
