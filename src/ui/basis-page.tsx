import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { BasisPage, BasisStatus } from '#contract/bases.ts';
import { gdprApi, useShopQuery } from './api.ts';
import { Counts } from './bases-page.tsx';
import { BasisDefinitionForm } from './basis-definition-form.tsx';
import { Changeable } from './changeable.tsx';
import { useFormat } from './format.ts';
import { GdprNav } from './gdpr-nav.tsx';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useLanguageNames, useText, useWord } from './text.ts';

/** One basis: its definition, the texts people were shown, and who is in it. `new` makes one. */
export function BasisScreen() {
  const params = useParams({ strict: false });
  const shop = Number(params.shopId);
  return params.basisId === 'new' ? <NewBasis shop={shop} /> : <KnownBasis shop={shop} id={Number(params.basisId)} />;
}

function NewBasis({ shop }: { shop: number }) {
  const say = useText();
  const navigate = useNavigate();
  const list = useShopQuery(['bases'], shop, gdprApi.bases);
  if (list.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <>
      <PageTitle title={say('basisPage.newTitle')} />
      <GdprNav shop={shop} />
      <BasisDefinitionForm
        shop={shop}
        basis={null}
        languages={list.data.languages}
        onApplied={() => void navigate({ to: '/shops/$shopId/gdpr', params: { shopId: String(shop) } })}
      />
    </>
  );
}

function KnownBasis({ shop, id }: { shop: number; id: number }) {
  const page = useShopQuery(['basis', id], shop, (one) => gdprApi.basis(one, id));
  if (page.isPending) return <Loading />;
  if (page.isError) return <PageError error={page.error} onRetry={() => void page.refetch()} />;
  const { basis } = page.data;
  return (
    <>
      <PageTitle title={basis.name}>
        <Counts counts={basis.counts} />
      </PageTitle>
      <GdprNav shop={shop} />
      <Stack gap="lg">
        <Changeable shop={shop} asks="bases.change">
          <BasisDefinitionForm key={JSON.stringify(basis)} shop={shop} basis={basis} languages={page.data.languages} />
        </Changeable>
        <Versions page={page.data} />
        <People shop={shop} page={page.data} />
      </Stack>
    </>
  );
}

function Versions({ page }: { page: BasisPage }) {
  const say = useText();
  const format = useFormat(page.zone);
  const names = useLanguageNames();
  return (
    <Section id="versions" title={say('basisPage.versions')}>
      <ul className="timeline">
        {page.texts.map((text) => (
          <li key={text.version} data-testid="text-version" data-version={text.version}>
            <Text size="sm" fw={600}>
              {say('basisPage.version', { version: text.version, date: format.dateTime(text.since) })}
              {text.by === null ? '' : ` · ${say('basisPage.versionBy', { by: text.by })}`}
            </Text>
            {Object.keys(text.texts).length === 0 ? (
              <Text size="sm" c="dimmed">
                {say('basisPage.versionEmpty')}
              </Text>
            ) : (
              Object.entries(text.texts).map(([code, words]) => (
                <Text key={code} size="sm" lang={code}>
                  <Text span c="dimmed" size="xs">
                    {names(code)} :{' '}
                  </Text>
                  {words}
                </Text>
              ))
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

const statuses: readonly BasisStatus[] = ['accepted', 'refused', 'to confirm', 'unknown'];

function People({ shop, page }: { shop: number; page: BasisPage }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(page.zone);
  const [status, setStatus] = useState<BasisStatus>('accepted');
  const people = useInfiniteQuery({
    queryKey: ['shop', shop, 'basis-people', page.basis.id, status],
    queryFn: ({ pageParam }) => gdprApi.basisPeople(shop, page.basis.id, status, pageParam),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
  });
  const rows = people.data?.pages.flatMap((one) => one.people) ?? [];
  return (
    <Section id="people" title={say('basisPage.people')}>
      <Select
        value={status}
        onChange={(value) => setStatus(statuses.find((one) => one === value) ?? 'accepted')}
        data={statuses.map((one) => ({ value: one, label: word('status', one) }))}
        allowDeselect={false}
        aria-label={say('basisPage.people')}
        maw={240}
        data-testid="people-status"
      />
      {people.isPending ? <Loading /> : null}
      {people.isError ? <PageError error={people.error} onRetry={() => void people.refetch()} /> : null}
      {people.isSuccess && rows.length === 0 ? (
        <Text size="sm" c="dimmed" mt="md">
          {say('basisPage.noPeople')}
        </Text>
      ) : null}
      {rows.map((row) => (
        <Group key={row.id} justify="space-between" gap="xs" className="basis-row" data-testid="basis-person">
          <Link
            to="/shops/$shopId/profiles/$profileId"
            params={{ shopId: String(shop), profileId: String(row.id) }}
            className="text-link"
          >
            {row.email ?? row.name ?? say('profile.unnamed', { id: row.id })}
          </Link>
          <Text size="xs" c="dimmed">
            {row.since === null ? '' : say('basis.since', { date: format.date(row.since) })}
          </Text>
        </Group>
      ))}
      {people.hasNextPage ? (
        <Button
          mt="md"
          variant="default"
          loading={people.isFetchingNextPage}
          onClick={() => void people.fetchNextPage()}
        >
          {say('basisPage.more')}
        </Button>
      ) : null}
    </Section>
  );
}
