import { Alert, Button, FileButton, Group, Anchor as LinkText, Select, Stack, Text, Textarea } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { ObjectionList, StatedObjection } from '#contract/contact.ts';
import { gdprApi, useMay } from './api.ts';
import { ContactGuard } from './contact-guard.tsx';
import { useFormat } from './format.ts';
import { GdprNav } from './gdpr-nav.tsx';
import { readLines } from './objection-lines.ts';
import { errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { PersonLinks } from './person-links.tsx';
import { Section } from './pieces.tsx';
import { useText, useWord } from './text.ts';

const countedUpTo = 10_000;
const channels = ['email', 'sms', 'phone', 'post'] as const;

/** Who wants no more marketing, and what that does to a mailing. */
export function ObjectionsPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const list = useInfiniteQuery({
    queryKey: ['shop', shop, 'objections'],
    queryFn: ({ pageParam }) => gdprApi.objections(shop, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  if (list.isPending) return <Loading />;
  if (list.isError) return <PageError error={list.error} onRetry={() => void list.refetch()} />;
  const [first] = list.data.pages;
  if (first === undefined) return null;
  const objections = list.data.pages.flatMap((one) => one.objections);
  return (
    <>
      <PageTitle title={say('gdpr.title')} lead={say('gdpr.lead')} />
      <GdprNav shop={shop} />
      <Stack gap="lg">
        <ContactGuard shop={shop} zone={first.zone} />
        <PersonLinks shop={shop} path={first.personPage} />
        <AddObjections shop={shop} />
        <Objections shop={shop} list={{ ...first, objections }} />
        {list.hasNextPage ? (
          <Group>
            <Button
              variant="default"
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
              data-testid="objections-more"
            >
              {say('basisPage.more')}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </>
  );
}

function Objections({ shop, list }: { shop: number; list: ObjectionList }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(list.zone);
  const may = useMay(shop);
  const many = list.standing >= countedUpTo;
  return (
    <Section id="objections" title={say('objections.title')} help={say('objections.help')}>
      <Text size="sm" mb="sm">
        {say('objections.oneClick')}
      </Text>
      <Group justify="space-between" mb="xs">
        <Text size="sm" fw={600} data-testid="objection-count">
          {list.standing === 0
            ? say('objections.empty')
            : say(many ? 'objections.many' : 'objections.standing', { count: list.standing })}
        </Text>
        {may('data.export') ? (
          <LinkText href={`/api/shops/${shop}/objections.csv`} download size="sm" data-testid="objections-export">
            {say('objections.export')}
          </LinkText>
        ) : null}
      </Group>
      <Text size="xs" c="dimmed">
        {say('objections.hashed')}
      </Text>
      {list.objections.map((one) => (
        <Group
          key={`${one.mark} ${one.channel}`}
          className="basis-row"
          justify="space-between"
          data-testid="objection-row"
        >
          <Text size="sm">
            {word('channel', one.channel)} · {word('cause', one.cause)}
            {one.liftedAt === null ? '' : ` · ${say('objections.lifted', { date: format.date(one.liftedAt) })}`}
          </Text>
          <Text size="xs" c="dimmed">
            {format.dateTime(one.since)} · {say('objections.mark', { mark: one.mark })}
          </Text>
        </Group>
      ))}
    </Section>
  );
}

const perCall = 500;

function AddObjections({ shop }: { shop: number }) {
  const say = useText();
  const word = useWord();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const [channel, setChannel] = useState<StatedObjection['channel']>('email');
  const add = useMutation({
    mutationFn: async () => {
      const { stated, refused } = readLines(text, channel);
      const sum = { recorded: 0, pending: false, refused: [...refused], noted: [] as (typeof refused)[number][] };
      for (let from = 0; from < stated.length; from += perCall) {
        const slice = stated.slice(from, from + perCall);
        const answer = await gdprApi.addObjections(
          shop,
          slice.map(({ objection }) => objection),
        );
        sum.recorded += answer.recorded;
        sum.pending ||= answer.pending;
        const lines = (places: typeof answer.refused) =>
          places.map(({ place, why }) => ({ line: slice[place]?.line ?? 0, why }));
        sum.refused.push(...lines(answer.refused));
        sum.noted.push(...lines(answer.noted));
      }
      sum.refused.sort((a, b) => a.line - b.line);
      return sum;
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['shop', shop] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Section id="add" title={say('objections.add')} help={say('objections.addHelp')}>
      <form onSubmit={submit}>
        <Stack>
          <Select
            label={say('objections.channel')}
            value={channel}
            onChange={(value) => setChannel(channels.find((one) => one === value) ?? 'email')}
            data={channels.map((one) => ({ value: one, label: word('channel', one) }))}
            allowDeselect={false}
            maw={240}
            data-testid="objection-channel"
          />
          <Textarea
            label={say('objections.lines')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autosize
            minRows={3}
            maxRows={12}
            data-testid="objection-lines"
          />
          <Group>
            <Button type="submit" disabled={text.trim() === ''} loading={add.isPending} data-testid="objection-submit">
              {say('objections.submit')}
            </Button>
            <FileButton accept="text/csv,text/plain" onChange={(file) => void file?.text().then(setText)}>
              {(props) => (
                <Button {...props} variant="default">
                  {say('objections.file')}
                </Button>
              )}
            </FileButton>
          </Group>
          {add.isError ? (
            <Alert color="red" role="alert">
              {errorText(say, add.error)}
            </Alert>
          ) : null}
          {add.data === undefined ? null : (
            <Alert
              color={add.data.refused.length + add.data.noted.length > 0 ? 'orange' : 'teal'}
              role="status"
              data-testid="objection-answer"
            >
              <Text size="sm" fw={600}>
                {say(add.data.pending ? 'objections.later' : 'objections.recorded', { count: add.data.recorded })}
              </Text>
              {add.data.refused.slice(0, 100).map(({ line, why }) => (
                <Text key={line} size="sm">
                  {say('objections.refused', { line, why: word('objections.why', why) })}
                </Text>
              ))}
              {add.data.noted.slice(0, 100).map(({ line, why }) => (
                <Text key={line} size="sm">
                  {say('objections.noted', { line, why: word('reason', why) })}
                </Text>
              ))}
            </Alert>
          )}
        </Stack>
      </form>
    </Section>
  );
}
