import { Alert, Badge, Button, Group, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { RightsRow, StaffRightsBody } from '#contract/rights.ts';
import { useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { GdprNav } from './gdpr-nav.tsx';
import { errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { rightsApi } from './rights-api.ts';
import { rightsChannels, rightsKinds } from './rights-lists.ts';
import { capital, dotted, useLanguage, useText, useWord } from './text.ts';

/** What people asked about their data, the most urgent first. */
export function RequestsPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const list = useShopQuery(['rights'], shop, rightsApi.list);
  if (list.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  const { open, closed, late, zone } = list.data;
  return (
    <>
      <PageTitle title={say('gdpr.title')} lead={say('gdpr.lead')} />
      <GdprNav shop={shop} />
      <Stack gap="lg">
        {late === 0 ? null : (
          <Alert color="red" role="status" data-testid="rights-late">
            {say('rights.late', { count: late })}
          </Alert>
        )}
        <Section id="open" title={say('rights.title')} help={say('rights.help')}>
          <Rows shop={shop} rows={open} zone={zone} none={say('rights.none')} />
        </Section>
        <NewRequest shop={shop} />
        <Section id="closed" title={say('rights.closed')}>
          <Rows shop={shop} rows={closed} zone={zone} none={say('rights.noneClosed')} />
        </Section>
      </Stack>
    </>
  );
}

function Rows({ shop, rows, zone, none }: { shop: number; rows: readonly RightsRow[]; zone: string; none: string }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {none}
      </Text>
    );
  const time = (row: RightsRow): string => {
    if (row.closedAt !== null) return say('rights.closedAt', { date: format.date(row.closedAt) });
    return say(row.dueAt < Date.now() ? 'rights.dueLate' : 'rights.due', { date: format.date(row.dueAt) });
  };
  return rows.map((row) => (
    <Group
      key={row.id}
      className="basis-row"
      justify="space-between"
      data-testid="rights-row"
      data-kind={row.kind}
      data-state={row.state}
    >
      <div>
        <Link
          to="/shops/$shopId/gdpr/requests/$requestId"
          params={{ shopId: String(shop), requestId: String(row.id) }}
          className="text-link"
        >
          {row.email ?? say('rights.erasedAddress')}
        </Link>
        <Text size="xs" c="dimmed">
          {dotted([
            word('rights.kind', row.kind),
            say('rights.received', { date: format.date(row.receivedAt) }),
            word('rights.cameBy', row.cameBy),
          ])}
        </Text>
      </div>
      <Group gap="sm">
        <Text size="xs">{time(row)}</Text>
        <RequestState state={row.state} />
      </Group>
    </Group>
  ));
}

const colors = { open: 'yellow', verified: 'indigo', done: 'teal', refused: 'red' } as const;

export function RequestState({ state }: { state: RightsRow['state'] }) {
  const word = useWord();
  return (
    <Badge variant="light" color={colors[state]} tt="none" data-testid="rights-state" data-state={state}>
      {word('rights.state', state)}
    </Badge>
  );
}

function NewRequest({ shop }: { shop: number }) {
  const say = useText();
  const word = useWord();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const language = useLanguage();
  const today = new Date().toISOString().slice(0, 10);
  const [body, setBody] = useState<StaffRightsBody>({
    kind: 'access',
    email: '',
    lang: language,
    cameBy: 'mail',
    received: today,
    note: '',
  });
  const set = (part: Partial<StaffRightsBody>) => setBody((before) => ({ ...before, ...part }));
  const take = useMutation({
    mutationFn: () => {
      const { received, ...rest } = body;
      // today's came at this moment; an earlier day counts from its start
      return rightsApi.take(shop, received === undefined || received === today ? rest : { ...rest, received });
    },
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['shop', shop, 'rights'] });
      await navigate({
        to: '/shops/$shopId/gdpr/requests/$requestId',
        params: { shopId: String(shop), requestId: String(id) },
      });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    take.mutate();
  };
  return (
    <Section id="new" title={say('rights.new')}>
      <form onSubmit={submit}>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select
              label={say('rights.kindLabel')}
              value={body.kind}
              onChange={(value) => set({ kind: rightsKinds.find((one) => one === value) ?? 'access' })}
              data={rightsKinds.map((one) => ({ value: one, label: capital(word('rights.kind', one)) }))}
              allowDeselect={false}
              data-testid="rights-kind"
            />
            <TextInput
              label={say('rights.emailLabel')}
              type="email"
              required
              value={body.email}
              onChange={(event) => set({ email: event.currentTarget.value })}
              autoComplete="off"
              data-testid="rights-email"
            />
            <Select
              label={say('rights.cameByLabel')}
              value={body.cameBy}
              onChange={(value) => set({ cameBy: rightsChannels.find((one) => one === value) ?? 'mail' })}
              data={rightsChannels.map((one) => ({ value: one, label: capital(word('rights.cameBy', one)) }))}
              allowDeselect={false}
              data-testid="rights-came-by"
            />
            <TextInput
              label={say('rights.receivedLabel')}
              type="date"
              max={today}
              value={body.received ?? ''}
              onChange={(event) => set({ received: event.currentTarget.value || today })}
              data-testid="rights-received"
            />
            <Select
              label={say('rights.langLabel')}
              value={body.lang}
              onChange={(value) => set({ lang: value === 'en' ? 'en' : 'fr' })}
              data={[
                { value: 'fr', label: 'Français' },
                { value: 'en', label: 'English' },
              ]}
              allowDeselect={false}
              data-testid="rights-lang"
            />
          </SimpleGrid>
          <Textarea
            label={say('rights.noteLabel')}
            description={say('rights.noteHelp')}
            value={body.note ?? ''}
            onChange={(event) => set({ note: event.currentTarget.value })}
            autosize
            minRows={2}
            maxLength={4000}
            data-testid="rights-note"
          />
          {take.isError ? (
            <Alert color="red" role="alert">
              {'status' in take.error && take.error.status === 400 ? say('rights.invalid') : errorText(say, take.error)}
            </Alert>
          ) : null}
          <Group>
            <Button type="submit" loading={take.isPending} data-testid="rights-take">
              {say('rights.take')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}
