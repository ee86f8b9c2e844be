import { Badge, Button, FileButton, Group, Progress, Select, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type DragEvent, useState } from 'react';
import type { ImportSummary } from '#contract/imports.ts';
import { useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { type ImportKind, importApi, uploadFile } from './import-api.ts';
import { CountLine } from './import-counts.tsx';
import { ImportSources } from './import-sources.tsx';
import { Empty, errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { Section, tone } from './pieces.tsx';
import { useText, useWord } from './text.ts';

const kinds: readonly ImportKind[] = ['profiles', 'orders', 'states', 'consents'];
const moving = new Set(['reading', 'checking', 'running', 'stopping', 'undoing']);

/** Earlier clients and orders come in by file: a new one, and those before with how they ended. */
export function ImportsPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const list = useShopQuery(['imports'], shop, importApi.list);
  if (list.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <PageTitle title={say('imports.title')} lead={say('imports.lead')} />
      <Stack gap="lg">
        <NewImport shop={shop} />
        <ImportSources shop={shop} imports={list.data} />
        <Section id="imports" title={say('imports.list')}>
          {list.data.imports.length === 0 ? <Empty title={say('imports.none')}>{say('imports.noneHelp')}</Empty> : null}
          {list.data.imports.map((one) => (
            <ImportRow key={one.id} shop={shop} one={one} zone={list.data.zone} />
          ))}
        </Section>
      </Stack>
    </>
  );
}

function NewImport({ shop }: { shop: number }) {
  const say = useText();
  const word = useWord();
  const navigate = useNavigate();
  const [kind, setKind] = useState<ImportKind>('orders');
  const [share, setShare] = useState(0);
  const [pasted, setPasted] = useState<string | null>(null);
  const upload = useMutation({
    mutationFn: async ({ file, name }: { file: Blob; name: string }) => {
      setShare(0);
      const made = await importApi.create(shop, kind, name, file.size);
      return uploadFile(shop, made, file, setShare);
    },
    onSuccess: ({ id }) =>
      navigate({ to: '/shops/$shopId/imports/$importId', params: { shopId: String(shop), importId: id } }),
  });
  const take = (file: File | null | undefined) => {
    if (file && file.size > 0 && !upload.isPending) upload.mutate({ file, name: file.name });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  return (
    <Section id="new" title={say('imports.new')} help={say('imports.newHelp')}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same without a mouse */}
      <div className="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop} data-testid="import-drop">
        <Group align="flex-end">
          <Select
            label={say('imports.kind')}
            value={kind}
            onChange={(value) => setKind(kinds.find((one) => one === value) ?? 'orders')}
            data={kinds.map((one) => ({ value: one, label: word('imports.kind', one) }))}
            allowDeselect={false}
            data-testid="import-kind"
          />
          <FileButton onChange={take} inputProps={{ id: 'import-upload' }}>
            {(props) => (
              <Button {...props} loading={upload.isPending} data-testid="import-file">
                {say('imports.file')}
              </Button>
            )}
          </FileButton>
          <Text size="sm" c="dimmed" pb={8}>
            {say('imports.drop')}
          </Text>
          <Button variant="subtle" onClick={() => setPasted(pasted === null ? '' : null)} data-testid="import-paste">
            {say('imports.paste')}
          </Button>
        </Group>
        {pasted === null ? null : (
          <Stack mt="sm" gap="xs">
            <Textarea
              aria-label={say('imports.paste')}
              value={pasted}
              onChange={(event) => setPasted(event.currentTarget.value)}
              autosize
              minRows={4}
              maxRows={12}
              data-testid="import-lines"
            />
            <Group>
              <Button
                disabled={pasted.trim() === ''}
                loading={upload.isPending}
                onClick={() => upload.mutate({ file: new Blob([pasted]), name: 'lines.csv' })}
                data-testid="import-paste-submit"
              >
                {say('imports.pasteSubmit')}
              </Button>
            </Group>
          </Stack>
        )}
        {upload.isPending ? (
          <Stack gap={4} mt="sm" role="status">
            <Text size="sm">{say('imports.upload', { percent: Math.round(100 * share) })}</Text>
            <Progress value={100 * share} aria-label={say('imports.state.uploading')} />
          </Stack>
        ) : null}
        {upload.isError ? (
          <Text c="red" size="sm" mt="sm" role="alert">
            {errorText(say, upload.error)}
          </Text>
        ) : null}
      </div>
    </Section>
  );
}

function ImportRow({ shop, one, zone }: { shop: number; one: ImportSummary; zone: string }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const via = /^(api|command|source)(?=$|:)/.exec(one.createdBy)?.[0];
  return (
    <Group className="basis-row" justify="space-between" data-testid="import-row" data-state={one.state}>
      <div>
        <Link
          to="/shops/$shopId/imports/$importId"
          params={{ shopId: String(shop), importId: one.id }}
          className="text-link strong"
        >
          {one.fileName === '' ? word('imports.kind', one.kind) : one.fileName}
        </Link>
        <Text size="xs" c="dimmed">
          {word('imports.kind', one.kind)} · {say('imports.by', { date: format.dateTime(one.createdAt) })}
          {via === undefined ? '' : ` · ${word('imports.via', via)}`}
        </Text>
      </div>
      <Group gap="sm">
        <CountLine counts={one.counts} zone={zone} />
        <Badge
          {...tone(
            one.state === 'failed' ? 'red' : one.state === 'done' ? 'teal' : moving.has(one.state) ? 'indigo' : 'gray',
          )}
          tt="none"
        >
          {word('imports.state', one.state)}
        </Badge>
      </Group>
    </Group>
  );
}
