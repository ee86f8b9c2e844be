import { Alert, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { SourceList, SourceRow, SourceRun } from '#contract/import-sources.ts';
import type { ImportList } from '#contract/imports.ts';
import { sourceFaultText } from '#contract/source-fault.ts';
import { useFormat } from './format.ts';
import { sourceApi } from './import-source-api.ts';
import { SourceForm } from './import-source-form.tsx';
import { Empty, Loading, PageError } from './page-state.tsx';
import { Section, tone } from './pieces.tsx';
import { SureDialog } from './sure-dialog.tsx';
import { useLanguage, useText, useWord } from './text.ts';
import { useAct } from './use-act.ts';

const askMs = 2_000;

/** Files fetched again and again: what they are, how it goes, and what may be done about it. */
export function ImportSources({ shop, imports }: { shop: number; imports: ImportList }) {
  const say = useText();
  const list = useQuery({
    queryKey: ['shop', shop, 'import-sources'],
    queryFn: () => sourceApi.list(shop),
    refetchInterval: ({ state }) => (state.data?.sources.some((one) => stateOf(one) === 'running') ? askMs : false),
  });
  const [formOf, setFormOf] = useState<SourceRow | 'new' | null>(null);
  if (list.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  const { sources, people } = list.data;
  const hasTemplates = imports.templates.length > 0;
  return (
    <Section id="sources" title={say('sources.title')} help={say('sources.help')}>
      <Stack gap="md">
        {sources.length === 0 ? (
          <Empty title={say('sources.none')}>{say(hasTemplates ? 'sources.noneHelp' : 'sources.noTemplate')}</Empty>
        ) : null}
        {sources.map((source) => (
          <SourceCard
            key={source.id}
            shop={shop}
            zone={imports.zone}
            source={source}
            people={people}
            onEdit={() => setFormOf(source)}
          />
        ))}
        {hasTemplates ? (
          <Group>
            <Button variant="default" onClick={() => setFormOf('new')} data-testid="source-add">
              {say('sources.add')}
            </Button>
          </Group>
        ) : null}
      </Stack>
      {formOf === null ? null : (
        <SourceForm
          shop={shop}
          source={formOf === 'new' ? null : formOf}
          templates={imports.templates}
          people={people}
          onClose={() => setFormOf(null)}
        />
      )}
    </Section>
  );
}

type State = 'paused' | 'running' | 'fault' | 'ok';

const colors = { paused: 'gray', running: 'indigo', fault: 'red', ok: 'teal' } as const;

function stateOf({ fault, paused, asked, runs }: SourceRow): State {
  if (asked || runs[0]?.outcome === 'importing') return 'running';
  if (fault !== null) return 'fault';
  return paused ? 'paused' : 'ok';
}

function SourceCard({
  shop,
  zone,
  source,
  people,
  onEdit,
}: {
  shop: number;
  zone: string;
  source: SourceRow;
  people: SourceList['people'];
  onEdit: () => void;
}) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const state = stateOf(source);
  const touches = ['shop', shop];
  const accept = useAct((key: string) => sourceApi.acceptKey(shop, source.id, key), { touches });
  const told = people.find(({ id }) => id === source.notify)?.name ?? say('sources.notifyGone');
  const when =
    source.every === 'hour'
      ? say('sources.plan.hour')
      : say(`sources.plan.${source.every}`, {
          hour: source.hour,
          weekday: word('sources.weekday', String(source.weekday)),
        });
  const { fault, hostKey, hostKeyShown } = source;
  return (
    <Paper component="article" withBorder p={{ base: 'md', sm: 'lg' }} data-testid="source" data-state={state}>
      <Group justify="space-between" gap="sm" align="flex-start">
        <div className="grow">
          <Title order={3} size="h4">
            {source.name}
          </Title>
          <Text size="sm" className="breaks">
            {source.address}
          </Text>
          <Text size="sm" c="dimmed">
            {word('imports.kind', source.kind)} · {source.template} · {when}
            {source.paused ? '' : ` · ${say('sources.next', { date: format.dateTime(source.nextAt) })}`}
          </Text>
          <Text size="sm" c="dimmed">
            {say('sources.notify')} {told}
          </Text>
          {hostKey === null ? null : (
            <Text size="xs" c="dimmed" className="breaks" data-testid="source-host-key">
              {say('sources.hostKey', { key: hostKey })}
            </Text>
          )}
        </div>
        <Badge {...tone(colors[state])} tt="none" data-testid="source-state">
          {say(`sources.state.${state}`)}
        </Badge>
      </Group>
      {fault === null ? null : (
        <Alert color="red" mt="sm" role="alert" data-testid="source-fault">
          {sourceFaultText(word, fault)}
        </Alert>
      )}
      {hostKeyShown === null ? null : (
        <Alert color="yellow" mt="sm">
          <Text size="sm" className="breaks">
            {say('sources.hostKeyChanged', { key: hostKeyShown })}
          </Text>
          <Button
            mt="xs"
            size="xs"
            variant="default"
            loading={accept.isPending}
            onClick={() => accept.mutate(hostKeyShown)}
            data-testid="source-accept-key"
          >
            {say('sources.hostKeyAccept')}
          </Button>
        </Alert>
      )}
      <Actions shop={shop} source={source} onEdit={onEdit} />
      <Runs shop={shop} zone={zone} runs={source.runs} />
    </Paper>
  );
}

function Actions({ shop, source, onEdit }: { shop: number; source: SourceRow; onEdit: () => void }) {
  const say = useText();
  const word = useWord();
  const language = useLanguage();
  const [sure, setSure] = useState(false);
  const { id, paused } = source;
  const touches = ['shop', shop];
  const test = useAct(() => sourceApi.test(shop, id), {
    touches,
    onDone: ({ fault, size }) => {
      const found =
        size === null ? say('sources.tested') : say('sources.testedSize', { size: sizeText(size, language) });
      notifications.show({
        color: fault === null ? 'teal' : 'red',
        message: fault === null ? found : sourceFaultText(word, fault),
      });
    },
  });
  const run = useAct(() => sourceApi.run(shop, id), { touches, told: () => say('sources.askedDone') });
  const pause = useAct(() => sourceApi.pause(shop, id, !paused), { touches });
  const remove = useAct(() => sourceApi.remove(shop, id), { touches, onDone: () => setSure(false) });
  return (
    <Group gap="xs" mt="sm">
      <Button size="xs" onClick={() => run.mutate()} loading={run.isPending} data-testid="source-run">
        {say('sources.run')}
      </Button>
      <Button
        size="xs"
        variant="default"
        onClick={() => test.mutate()}
        loading={test.isPending}
        data-testid="source-test"
      >
        {say('sources.test')}
      </Button>
      <Button
        size="xs"
        variant="default"
        onClick={() => pause.mutate()}
        loading={pause.isPending}
        data-testid="source-pause"
      >
        {say(paused ? 'sources.resume' : 'sources.pause')}
      </Button>
      <Button size="xs" variant="default" onClick={onEdit} data-testid="source-edit">
        {say('sources.change')}
      </Button>
      <Button size="xs" variant="default" onClick={() => setSure(true)} data-testid="source-delete">
        {say('sources.delete')}
      </Button>
      {sure ? (
        <SureDialog
          title={source.name}
          action={say('sources.delete')}
          busy={remove.isPending}
          onSure={() => remove.mutate()}
          onClose={() => setSure(false)}
        >
          {say('sources.deleteSure')}
        </SureDialog>
      ) : null}
    </Group>
  );
}

function Runs({ shop, zone, runs }: { shop: number; zone: string; runs: readonly SourceRun[] }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  return (
    <>
      <Text size="sm" fw={600} mt="md">
        {say('sources.runs')}
      </Text>
      {runs.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say('sources.noRuns')}
        </Text>
      ) : null}
      {runs.map(({ at, outcome, fault, importId, counts }) => (
        <Text key={at} size="sm" data-testid="source-row" data-outcome={outcome}>
          {format.dateTime(at)} · {fault === null ? word('sources.outcome', outcome) : sourceFaultText(word, fault)}
          {counts === null || outcome === 'failed'
            ? ''
            : ` · ${say('sources.counts', {
                created: format.number(counts.created),
                updated: format.number(counts.updated),
                unchanged: format.number(counts.unchanged),
                refused: format.number(counts.refused),
              })}`}
          {importId === null ? null : (
            <>
              {' · '}
              <Link
                to="/shops/$shopId/imports/$importId"
                params={{ shopId: String(shop), importId }}
                className="text-link"
              >
                {say('sources.open')}
              </Link>
            </>
          )}
        </Text>
      ))}
    </>
  );
}

function sizeText(bytes: number, language: string): string {
  const [value, unit] = bytes < 1_000_000 ? [bytes / 1_000, 'kilobyte'] : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
}
