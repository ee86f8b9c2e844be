import { Alert, Button, Group, Anchor as LinkText, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { RightsPage } from '#contract/rights.ts';
import { useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { GdprNav } from './gdpr-nav.tsx';
import { errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { RequestState } from './requests-page.tsx';
import { type RightsMove, rightsApi } from './rights-api.ts';
import { rightsRefusals } from './rights-lists.ts';
import { dotted, useText, useWord } from './text.ts';

/** One request: who asks, whether they are who they say, what can be done, and what was. */
export function RequestScreen() {
  const say = useText();
  const word = useWord();
  const params = useParams({ strict: false });
  const shop = Number(params.shopId);
  const id = Number(params.requestId);
  const request = useShopQuery(['rights', id], shop, (one) => rightsApi.find(one, id));
  const format = useFormat(request.data?.zone ?? 'UTC');
  if (request.isPending) return <Loading />;
  if (request.isError) return <PageError error={request.error} onRetry={() => void request.refetch()} />;
  const page = request.data;
  const open = page.closedAt === null;
  const late = open && page.dueAt < Date.now();
  return (
    <>
      <PageTitle
        title={say('rights.page', { id })}
        lead={dotted([
          word('rights.kind', page.kind),
          say('rights.received', { date: format.date(page.receivedAt) }),
          word('rights.cameBy', page.cameBy),
        ])}
      >
        <RequestState state={page.state} />
      </PageTitle>
      <GdprNav shop={shop} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg">
          <Who shop={shop} page={page} late={late} />
          {open ? <Identity shop={shop} page={page} /> : null}
          {open ? <Acts shop={shop} page={page} /> : null}
        </Stack>
        <Steps page={page} />
      </SimpleGrid>
      <Text mt="lg" size="sm">
        <Link to="/shops/$shopId/gdpr/requests" params={{ shopId: String(shop) }} className="text-link">
          {say('rights.back')}
        </Link>
      </Text>
    </>
  );
}

function Who({ shop, page, late }: { shop: number; page: RightsPage; late: boolean }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(page.zone);
  return (
    <Section id="who" title={say('rights.who')}>
      <Text fw={600} data-testid="request-email">
        {page.email ?? say('rights.erasedAddress')}
      </Text>
      <Text size="sm" c={late ? 'red' : 'dimmed'} data-testid="request-due">
        {page.closedAt === null
          ? say(late ? 'rights.dueLate' : 'rights.due', { date: format.date(page.dueAt) })
          : say('rights.closedAt', { date: format.date(page.closedAt) })}
        {page.extendedAt === null ? '' : ` ${say('rights.extended', { date: format.date(page.extendedAt) })}`}
        {page.refusal === null ? '' : ` ${word('rights.refusal', page.refusal)}`}
      </Text>
      {page.note === null ? null : (
        <Text size="sm" mt="sm" style={{ whiteSpace: 'pre-wrap' }}>
          {page.note}
        </Text>
      )}
      <Stack gap={2} mt="sm">
        {page.profiles.length === 0 ? (
          <Text size="sm" c="dimmed">
            {say('rights.nobody')}
          </Text>
        ) : (
          page.profiles.map((profile) => (
            <Link
              key={profile.id}
              to="/shops/$shopId/profiles/$profileId"
              params={{ shopId: String(shop), profileId: String(profile.id) }}
              className="text-link"
              data-testid="request-profile"
            >
              {say('rights.profile', { name: profile.name, count: profile.orders })}
            </Link>
          ))
        )}
      </Stack>
    </Section>
  );
}

/** Sends a step, says when it could not be done, and shows the request anew. */
function useMove(shop: number, id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ what, body }: { what: RightsMove | 'erase'; body?: object }): Promise<boolean> => {
      if (what === 'erase') return (await rightsApi.eraseAsked(shop, id)).state !== 'unknown';
      return (await rightsApi.move(shop, id, what, body)).moved;
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['shop', shop] }),
  });
}

function Moved({ move, wrong }: { move: ReturnType<typeof useMove>; wrong?: string }) {
  const say = useText();
  if (move.isError)
    return (
      <Alert color="red" role="alert">
        {errorText(say, move.error)}
      </Alert>
    );
  return move.data === false ? (
    <Alert color="orange" role="status" data-testid="request-not-moved">
      {wrong ?? say('rights.notMoved')}
    </Alert>
  ) : null;
}

function Identity({ shop, page }: { shop: number; page: RightsPage }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(page.zone);
  const mail = useMove(shop, page.id);
  const check = useMove(shop, page.id);
  const [code, setCode] = useState('');
  if (page.verifiedAt !== null && page.verifiedHow !== null)
    return (
      <Section id="identity" title={say('rights.identity')}>
        <Text size="sm" data-testid="identity-checked">
          {say('rights.identity.done', {
            date: format.dateTime(page.verifiedAt),
            how: word('rights.how', page.verifiedHow),
          })}
        </Text>
      </Section>
    );
  const mailed = page.steps.some(({ what }) => what === 'identity_mailed');
  return (
    <Section id="identity" title={say('rights.identity')} help={say('rights.identityHelp')}>
      <Stack>
        <Group>
          <Button
            onClick={() => mail.mutate({ what: 'identity' })}
            loading={mail.isPending}
            disabled={page.mailsLeft === 0}
            variant={mailed ? 'default' : 'filled'}
            data-testid="identity-mail"
          >
            {mailed ? say('rights.identity.again', { count: page.mailsLeft }) : say('rights.identity.send')}
          </Button>
        </Group>
        <Moved move={mail} />
        {mailed ? (
          <Group align="flex-end">
            <TextInput
              label={say('rights.identity.codeLabel')}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="off"
              maxLength={40}
              data-testid="identity-code"
            />
            <Button
              variant="default"
              disabled={code.trim() === ''}
              loading={check.isPending}
              onClick={() => check.mutate({ what: 'code', body: { code } })}
              data-testid="identity-check"
            >
              {say('rights.identity.check')}
            </Button>
          </Group>
        ) : null}
        <Moved move={check} wrong={say('rights.wrongCode')} />
        <div>
          <button
            type="button"
            className="link-button"
            onClick={() => mail.mutate({ what: 'vouch' })}
            data-testid="identity-vouch"
          >
            {say('rights.identity.vouch')}
          </button>
          <Text size="xs" c="dimmed">
            {say('rights.identity.vouchHelp')}
          </Text>
        </div>
      </Stack>
    </Section>
  );
}

function Acts({ shop, page }: { shop: number; page: RightsPage }) {
  const say = useText();
  const word = useWord();
  const move = useMove(shop, page.id);
  const [refusal, setRefusal] = useState<string | null>(null);
  const verified = page.state === 'verified';
  return (
    <Section id="acts" title={say('rights.act')}>
      <Stack>
        {page.kind === 'access' && verified && page.profiles.length > 0 ? (
          <div>
            <LinkText href={`/api/shops/${shop}/rights/${page.id}/archive`} download data-testid="request-archive">
              {say('rights.act.access')}
            </LinkText>
            <Text size="xs" c="dimmed">
              {say('rights.act.accessHelp')}
            </Text>
          </div>
        ) : null}
        {page.kind === 'erasure' && verified && page.profiles.length > 0 ? (
          <div>
            <Button
              color="red"
              loading={move.isPending}
              onClick={() => move.mutate({ what: 'erase' })}
              data-testid="request-erase"
            >
              {say('rights.act.erasure')}
            </Button>
            <Text size="xs" c="dimmed" mt={4}>
              {say('rights.act.erasureHelp')}
            </Text>
          </div>
        ) : null}
        {page.kind === 'objection' ? (
          <div>
            <Button
              loading={move.isPending}
              onClick={() => move.mutate({ what: 'object' })}
              data-testid="request-object"
            >
              {say('rights.act.objection')}
            </Button>
            <Text size="xs" c="dimmed" mt={4}>
              {say('rights.act.objectionHelp')}
            </Text>
          </div>
        ) : null}
        {page.kind === 'rectification' ? <Text size="sm">{say('rights.act.rectification')}</Text> : null}
        <Group>
          <Button
            variant="default"
            onClick={() => move.mutate({ what: 'close', body: { refusal: null } })}
            data-testid="request-done"
          >
            {say('rights.act.done')}
          </Button>
          {page.extendedAt === null ? (
            <Button
              variant="default"
              onClick={() => move.mutate({ what: 'extend', body: { reason: 'complex' } })}
              data-testid="request-extend"
            >
              {say('rights.act.extend')}
            </Button>
          ) : null}
        </Group>
        {page.extendedAt === null ? (
          <Text size="xs" c="dimmed">
            {say('rights.act.extendHelp')}
          </Text>
        ) : null}
        <Group align="flex-end">
          <Select
            label={say('rights.refusalLabel')}
            value={refusal}
            onChange={setRefusal}
            data={rightsRefusals.map((one) => ({ value: one, label: word('rights.refusal', one) }))}
            data-testid="request-refusal"
          />
          <Button
            variant="outline"
            color="red"
            disabled={refusal === null}
            onClick={() => move.mutate({ what: 'close', body: { refusal } })}
            data-testid="request-refuse"
          >
            {say('rights.act.refuse')}
          </Button>
        </Group>
        <Moved move={move} />
      </Stack>
    </Section>
  );
}

function Steps({ page }: { page: RightsPage }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(page.zone);
  return (
    <Section id="steps" title={say('rights.steps')}>
      <ul className="timeline">
        {page.steps.map((step) => (
          <li key={step.n} data-testid="rights-step" data-what={step.what}>
            <Text size="sm" fw={600}>
              {word('rights.step', step.what)}
            </Text>
            <Text size="xs" c="dimmed">
              {[
                format.dateTime(step.at),
                step.by ?? word('rights.by', step.source),
                ...Object.values(step.detail).map((value) =>
                  word(step.what === 'refused' ? 'rights.refusal' : 'rights.extend', String(value)),
                ),
              ].join(' · ')}
            </Text>
          </li>
        ))}
      </ul>
    </Section>
  );
}
