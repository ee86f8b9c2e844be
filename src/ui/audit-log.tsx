import { Badge, Button, Group, Select, Stack, Text } from '@mantine/core';
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditList, AuditQuery, AuditRow } from '#contract/audit.ts';
import { auditKindNames } from '#contract/lists.ts';
import type { AuditKind } from '#domain/audit.ts';
import { useFormat } from './format.ts';
import { Empty, Loading, PageError } from './page-state.tsx';
import { tone } from './pieces.tsx';
import { useText, useWord, type WordList } from './text.ts';

const colors: Readonly<Record<AuditKind, string>> = {
  change: 'gray',
  reveal: 'orange',
  send: 'indigo',
  export: 'grape',
  erase: 'red',
  people: 'teal',
};

/** What was done, newest first, by kind and by person. */
export function AuditLog({
  name,
  ask,
  shop,
}: {
  name: QueryKey;
  ask: (asked: AuditQuery) => Promise<AuditList>;
  /** For links to profiles; null: of no shop. */
  shop: number | null;
}) {
  const say = useText();
  const [kind, setKind] = useState<AuditKind | null>(null);
  const [user, setUser] = useState<string | null>(null);
  const log = useInfiniteQuery({
    queryKey: [...name, kind, user],
    queryFn: ({ pageParam }) =>
      ask({
        ...(kind === null ? {} : { kind }),
        ...(user === null ? {} : { user }),
        ...(pageParam === null ? {} : { before: pageParam }),
      }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next,
  });
  const pages = log.data?.pages ?? [];
  const rows = pages.flatMap((page) => page.rows);
  const people = pages[0]?.people ?? [];
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Select
          label={say('audit.filterKind')}
          placeholder={say('audit.all')}
          clearable
          data={auditKindNames.map((value) => ({ value, label: say(`audit.kind.${value}`) }))}
          value={kind}
          onChange={(value) => setKind(auditKindNames.find((one) => one === value) ?? null)}
          clearButtonProps={{ 'aria-label': say('audit.all') }}
          data-testid="audit-kind"
        />
        <Select
          label={say('audit.filterWho')}
          placeholder={say('audit.everybody')}
          clearable
          searchable
          data={people.map(({ userId, who }) => ({ value: userId, label: who }))}
          value={user}
          onChange={setUser}
          clearButtonProps={{ 'aria-label': say('audit.everybody') }}
          w={280}
          data-testid="audit-who"
        />
      </Group>
      {log.isPending ? <Loading /> : null}
      {log.isError ? <PageError error={log.error} onRetry={() => void log.refetch()} /> : null}
      {log.isSuccess && rows.length === 0 ? <Empty title={say('audit.empty')}>{say('audit.emptyHelp')}</Empty> : null}
      <div>
        {rows.map((row) => (
          <AuditLine key={row.id} row={row} zone={pages[0]?.zone ?? 'UTC'} shop={shop} />
        ))}
      </div>
      {log.hasNextPage ? (
        <div>
          <Button
            variant="default"
            loading={log.isFetchingNextPage}
            onClick={() => void log.fetchNextPage()}
            data-testid="audit-older"
          >
            {say('audit.older')}
          </Button>
        </div>
      ) : null}
    </Stack>
  );
}

function AuditLine({ row, zone, shop }: { row: AuditRow; zone: string; shop: number | null }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  return (
    <div className="basis-row" data-testid="audit-row" data-action={row.action} data-kind={row.kind}>
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Badge {...tone(colors[row.kind])} tt="none">
            {say(`audit.kind.${row.kind}`)}
          </Badge>
          <Text size="sm" fw={600}>
            {word('audit', row.action)}
          </Text>
          {row.profileId === null || shop === null ? null : (
            <Link
              to="/shops/$shopId/profiles/$profileId"
              params={{ shopId: String(shop), profileId: String(row.profileId) }}
              className="text-link"
            >
              {say('audit.profile', { id: row.profileId })}
            </Link>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {format.dateTime(row.at)}
        </Text>
      </Group>
      <Text size="sm" className="breaks">
        {row.who ?? say('audit.program')}
        {row.detail.length === 0
          ? ''
          : ` · ${row.detail.map((one) => say('audit.pair', { name: word('audit.about', one.name), value: valueText(row.action, one, word) })).join(' · ')}`}
      </Text>
    </div>
  );
}

/** Which words a code is of, by the first part of the act; the rest are names, numbers and addresses. */
const kindLists: Readonly<Record<string, WordList>> = {
  mail: 'outbox.kind',
  import: 'imports.kind',
  rights: 'rights.kind',
};

function valueText(
  action: string,
  { name, value }: AuditRow['detail'][number],
  word: ReturnType<typeof useWord>,
): string {
  const lists: Readonly<Record<string, WordList | undefined>> = {
    ...{ role: 'role', status: 'status', of: 'exports.kind', paused: 'common', stopped: 'common' },
    kind: kindLists[action.split('.')[0] ?? ''],
  };
  const list = lists[name];
  return list === undefined ? value : word(list, value);
}
