import { Badge, Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstancePeople } from '#contract/instance.ts';
import { useMe } from './api.ts';
import { useFormat } from './format.ts';
import { instanceApi } from './instance-api.ts';
import { InstanceHead } from './instance-nav.tsx';
import { Empty, Loading, PageError } from './page-state.tsx';
import { tone } from './pieces.tsx';
import { SureDialog } from './sure-dialog.tsx';
import { useText, useWord } from './text.ts';
import { useAct } from './use-act.ts';

type Person = InstancePeople['people'][number];
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whoever has an account, and what its owner may do about it. */
export function InstancePeoplePage() {
  const say = useText();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, 250);
  const found = useQuery({
    queryKey: ['instance', 'people', search],
    queryFn: () => instanceApi.people(search),
    placeholderData: keepPreviousData,
  });
  const people = found.data?.people ?? [];
  return (
    <>
      <InstanceHead />
      <Stack gap="sm">
        <TextInput
          label={say('instance.search')}
          type="search"
          value={typed}
          maxLength={250}
          onChange={(event) => setTyped(event.currentTarget.value)}
          maw={420}
          data-testid="people-search"
        />
        {found.isPending ? <Loading /> : null}
        {found.isError ? <PageError error={found.error} onRetry={() => void found.refetch()} /> : null}
        {found.isSuccess && people.length === 0 ? <Empty title={say('instance.nobody')} /> : null}
        {people.map((person) => (
          <PersonLine key={person.id} person={person} />
        ))}
        {found.data?.more ? (
          <Text size="sm" c="dimmed">
            {say('instance.more', { count: people.length })}
          </Text>
        ) : null}
      </Stack>
    </>
  );
}

function PersonLine({ person }: { person: Person }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const own = useMe().data?.user.id === person.id;
  const [asked, setAsked] = useState<'factor' | 'delete' | null>(null);
  const { id, name, email } = person;
  const after = { told: () => say('instance.saved'), touches: [], onDone: () => setAsked(null) };
  const owner = useAct(() => instanceApi.saveOwner(id, !person.instanceAdmin), after);
  const endFactor = useAct(() => instanceApi.endSecondFactor(id), after);
  const remove = useAct(() => instanceApi.deleteUser(id), after);
  return (
    <Paper withBorder p="sm" data-testid="instance-person" data-email={email}>
      <Group gap="xs">
        <Text fw={600}>{name}</Text>
        {own ? (
          <Badge {...tone()} tt="none">
            {say('members.you')}
          </Badge>
        ) : null}
        {person.instanceAdmin ? (
          <Badge {...tone('indigo')} tt="none">
            {say('instance.owner')}
          </Badge>
        ) : null}
        {person.secondFactor ? (
          <Badge {...tone('teal')} tt="none">
            {say('members.twoSteps')}
          </Badge>
        ) : null}
      </Group>
      {name === email ? null : (
        <Text size="sm" className="breaks">
          {email}
        </Text>
      )}
      <Text size="sm">
        {person.shops.length === 0
          ? say('instance.noShop')
          : person.shops.map((shop) => `${shop.name} (${word('role', shop.role)})`).join(' · ')}
      </Text>
      <Text size="xs" c="dimmed">
        {person.seenAt === null ? say('members.neverSeen') : say('members.seen', { date: format.date(person.seenAt) })}
      </Text>
      <Group gap="xs" mt="xs">
        <Button
          size="xs"
          variant="default"
          loading={owner.isPending}
          onClick={() => owner.mutate(undefined)}
          aria-label={say(person.instanceAdmin ? 'instance.endOwnerOf' : 'instance.makeOwnerOf', { name })}
          data-testid="person-owner"
        >
          {say(person.instanceAdmin ? 'instance.endOwner' : 'instance.makeOwner')}
        </Button>
        {person.secondFactor ? (
          <Button
            size="xs"
            variant="default"
            onClick={() => setAsked('factor')}
            aria-label={say('instance.twoStepsOffOf', { name })}
            data-testid="person-factor-off"
          >
            {say('instance.twoStepsOff')}
          </Button>
        ) : null}
        {own ? null : (
          <Button
            size="xs"
            variant="default"
            onClick={() => setAsked('delete')}
            aria-label={say('instance.userDeleteOf', { name })}
            data-testid="person-delete"
          >
            {say('instance.userDelete')}
          </Button>
        )}
      </Group>
      {asked === 'factor' ? (
        <SureDialog
          title={say('instance.twoStepsOffOf', { name })}
          action={say('instance.twoStepsOff')}
          busy={endFactor.isPending}
          onSure={() => endFactor.mutate(undefined)}
          onClose={() => setAsked(null)}
        >
          {say('instance.twoStepsOffSure', { name })}
        </SureDialog>
      ) : null}
      {asked === 'delete' ? (
        <SureDialog
          title={say('instance.userDeleteOf', { name })}
          action={say('instance.userDelete')}
          busy={remove.isPending}
          onSure={() => remove.mutate(undefined)}
          onClose={() => setAsked(null)}
        >
          {say('instance.userDeleteSure', { email })}
        </SureDialog>
      ) : null}
    </Paper>
  );
}
