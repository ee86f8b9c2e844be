import { Button, Group, Paper, Text, TextInput } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { ProfileFilter } from '#contract/exports.ts';
import { api, useMay } from './api.ts';
import { ExportMenu } from './export-menu.tsx';
import { BasisChoice } from './filter-choice.tsx';
import { useFormat } from './format.ts';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { SearchRow } from './search-row.tsx';
import { useText } from './text.ts';

export function ProfilesPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const opened = useSearch({ from: '/shell/shops/$shopId/profiles' });
  const [asked, setAsked] = useState<ProfileFilter>(opened);
  const list = useInfiniteQuery({
    queryKey: ['shop', shop, 'profiles', asked],
    queryFn: ({ pageParam }) => api.profiles(shop, { ...asked, after: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const [first] = list.data?.pages ?? [];
  const profiles = list.data?.pages.flatMap((page) => page.profiles) ?? [];
  const format = useFormat(first?.zone ?? 'UTC');
  const narrowed = Object.values(asked).some((value) => value !== undefined && value !== '');
  return (
    <>
      <PageTitle title={say('profiles.title')} lead={say('profiles.lead')}>
        <ExportMenu shop={shop} asked={{ kind: 'profiles', filter: asked }} />
      </PageTitle>
      <ProfileFilters shop={shop} asked={asked} narrowed={narrowed} onAsk={setAsked} />
      {list.isPending ? <Loading /> : null}
      {list.isError ? <PageError error={list.error} onRetry={() => void list.refetch()} /> : null}
      {first !== undefined && profiles.length === 0 ? <Nothing asked={asked} more={list.hasNextPage} /> : null}
      {profiles.length > 0 ? (
        <Paper withBorder px="md" py={4}>
          {profiles.map((profile) => {
            const name = [profile.firstname, profile.name].filter((part) => part !== null).join(' ');
            return (
              <div key={profile.id} className="basis-row" data-testid="profile-row">
                <div className="grow">
                  <Link
                    to="/shops/$shopId/profiles/$profileId"
                    params={{ shopId: String(shop), profileId: String(profile.id) }}
                    className="text-link"
                    data-testid="profile-link"
                  >
                    {profile.email ?? (name || say('profile.unnamed', { id: profile.id }))}
                  </Link>
                  {profile.email !== null && name !== '' ? (
                    <Text size="sm" c="dimmed">
                      {name}
                    </Text>
                  ) : null}
                </div>
                <Text size="sm" c="dimmed">
                  {say('profiles.lastSeen', { date: format.dateTime(profile.lastSeen) })}
                </Text>
              </div>
            );
          })}
        </Paper>
      ) : null}
      {list.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
            data-testid="profiles-more"
          >
            {say('profiles.more')}
          </Button>
        </Group>
      ) : null}
    </>
  );
}

function Nothing({ asked, more }: { asked: ProfileFilter; more: boolean }) {
  const say = useText();
  const { search = '', ...others } = asked;
  if (search !== '') return <Empty title={say('profiles.notFound')}>{say('profiles.notFoundHelp')}</Empty>;
  if (Object.values(others).some((value) => value !== undefined))
    return <Empty title={say(more ? 'profiles.noneYet' : 'profiles.none')} />;
  return <Empty title={say('profiles.empty')}>{say('profiles.emptyHelp')}</Empty>;
}

interface FiltersProps {
  readonly shop: number;
  readonly asked: ProfileFilter;
  readonly narrowed: boolean;
  readonly onAsk: (asked: ProfileFilter) => void;
}

function ProfileFilters({ shop, asked, narrowed, onAsk }: FiltersProps) {
  const say = useText();
  const may = useMay(shop);
  const [typed, setTyped] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const search = typed.trim();
    // who is searched for is found, and exported, whatever else was chosen
    onAsk(search === '' ? { ...asked, search: undefined } : { search });
  };
  const clear = () => {
    setTyped('');
    onAsk({});
  };
  return (
    <form onSubmit={submit}>
      <SearchRow
        label={say('profiles.search')}
        action={say('profiles.searchShort')}
        typed={typed}
        onType={setTyped}
        testId="profile-search"
      />
      <Group align="flex-end" gap="sm" mb="lg" display={asked.search === undefined ? undefined : 'none'}>
        <TextInput
          label={say('profiles.from')}
          type="date"
          value={asked.from ?? ''}
          onChange={(event) => onAsk({ ...asked, from: event.currentTarget.value || undefined })}
          data-testid="profile-from"
        />
        <TextInput
          label={say('profiles.to')}
          type="date"
          value={asked.to ?? ''}
          onChange={(event) => onAsk({ ...asked, to: event.currentTarget.value || undefined })}
          data-testid="profile-to"
        />
        {may('bases.see') ? (
          <BasisChoice
            shop={shop}
            basis={asked.basis === undefined ? null : String(asked.basis)}
            status={asked.status}
            onBasis={(basis) =>
              onAsk(
                basis === null ? { ...asked, basis: undefined, status: undefined } : { ...asked, basis: Number(basis) },
              )
            }
            onStatus={(status) => onAsk({ ...asked, status: status ?? undefined })}
            statusOfBasis
          />
        ) : null}
      </Group>
      {narrowed ? (
        <Button variant="subtle" mb="lg" onClick={clear} data-testid="profile-filters-clear">
          {say('orders.filter.clear')}
        </Button>
      ) : null}
    </form>
  );
}
