import {
  Alert,
  Badge,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  NumberInput,
  Stack,
  TagsInput,
  Text,
  Textarea,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { InvitationList, InvitationRow, InviteBody } from '#contract/developer.ts';
import { mostInvited } from '#contract/lists.ts';
import { useMe } from './api.ts';
import { invitationApi } from './developer-api.ts';
import { useFormat } from './format.ts';
import { errorText, Loading, PageError } from './page-state.tsx';
import { Callout, Section, tone } from './pieces.tsx';
import { dotted, useLanguage, useText } from './text.ts';

const isAddress = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) || /^[^\s@]+@localhost$/.test(text);
const defaultDays = 30;
const dayMs = 86_400_000;
const seldomMs = 5_000;
/** While a mail is on its way, so that an address that bounces says so at once. */
const soonMs = 1_500;

/** Sends the integration to developers, and shows what became of each link. For those who manage keys. */
export function DevelopersSection({ shop, zone }: { shop: number; zone: string }) {
  const say = useText();
  const role = useMe().data?.shops.find((one) => one.id === shop)?.role;
  const list = useQuery({
    queryKey: ['shop', shop, 'developers'],
    queryFn: () => invitationApi.list(shop),
    enabled: role === 'administrator',
    refetchInterval: ({ state: { data } }) =>
      data?.invitations.some(({ mail }) => mail?.state === 'waiting') ? soonMs : seldomMs,
  });
  return (
    <Section id="developers" title={say('developer.section.title')} help={say('developer.section.help')}>
      {role === 'administrator' ? (
        <Stack gap="lg">
          <InviteForm shop={shop} />
          {list.isPending ? <Loading /> : null}
          {list.isError ? <PageError error={list.error} onRetry={() => void list.refetch()} /> : null}
          {list.data === undefined ? null : <Invitations shop={shop} zone={zone} list={list.data} />}
        </Stack>
      ) : (
        <Text size="sm" c="dimmed">
          {say('developer.section.administrators')}
        </Text>
      )}
    </Section>
  );
}

function InviteForm({ shop }: { shop: number }) {
  const say = useText();
  const language = useLanguage();
  const [emails, setEmails] = useState<string[]>([]);
  const [typed, setTyped] = useState('');
  const [lang, setLang] = useState<InviteBody['lang']>(language);
  const [note, setNote] = useState('');
  const [days, setDays] = useState<number | string>(defaultDays);
  const [mayRead, setMayRead] = useState(false);
  const all = typed.trim() === '' ? emails : [...emails, typed.trim()];
  const wrong = all.filter((one) => !isAddress(one));
  const life = Number(days);
  const fine = all.length > 0 && wrong.length === 0 && Number.isInteger(life) && life >= 1 && life <= 365;
  const invite = useChange(shop, () => invitationApi.invite(shop, { emails: all, lang, note, days: life, mayRead }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!fine) return;
    invite.mutate(undefined, {
      onSuccess: () => {
        setEmails([]);
        setTyped('');
        setNote('');
        setMayRead(false);
      },
    });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TagsInput
          label={say('developer.form.emails')}
          description={say('developer.form.emailsHelp')}
          value={emails}
          onChange={setEmails}
          searchValue={typed}
          onSearchChange={setTyped}
          splitChars={[',', ' ', ';']}
          maxTags={mostInvited}
          error={
            emails.some((one) => !isAddress(one)) ? say('developer.form.wrong', { email: wrong[0] ?? '' }) : undefined
          }
          data-testid="developer-emails"
        />
        <Group align="flex-start" gap="md">
          <NativeSelect
            label={say('developer.form.lang')}
            value={lang}
            onChange={(event) => setLang(event.currentTarget.value === 'en' ? 'en' : 'fr')}
            data={[
              { value: 'fr', label: say('language.fr') },
              { value: 'en', label: say('language.en') },
            ]}
            data-testid="developer-lang"
          />
          <NumberInput
            label={say('developer.form.days')}
            value={days}
            onChange={setDays}
            min={1}
            max={365}
            allowDecimal={false}
            w={170}
            data-testid="developer-days"
          />
        </Group>
        <Textarea
          label={say('developer.form.note')}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          maxLength={1000}
          autosize
          minRows={2}
          data-testid="developer-note"
        />
        <Checkbox
          label={say('developer.form.mayRead')}
          description={say('developer.form.mayReadHelp')}
          checked={mayRead}
          onChange={(event) => setMayRead(event.currentTarget.checked)}
          data-testid="developer-may-read"
        />
        <Callout title={say('developer.form.sees')}>
          <Text size="sm">{say(mayRead ? 'developer.form.seesRead' : 'developer.form.seesWrite')}</Text>
        </Callout>
        {invite.isError ? (
          <Alert color="red" role="alert">
            {errorText(say, invite.error)}
          </Alert>
        ) : null}
        <Group>
          <Button type="submit" disabled={!fine} loading={invite.isPending} data-testid="developer-invite">
            {say('developer.form.send')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Invitations({ shop, zone, list }: { shop: number; zone: string; list: InvitationList }) {
  const say = useText();
  if (list.invitations.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {say('developer.list.none')}
      </Text>
    );
  return (
    <div>
      {list.mailConfigured ? null : (
        <Callout mood="attention" testId="developer-no-mail">
          <Text size="sm">
            {say('developer.list.noMail')}{' '}
            <Link to="/shops/$shopId/outbox" params={{ shopId: String(shop) }} className="text-link">
              {say('nav.outbox')}
            </Link>
          </Text>
        </Callout>
      )}
      <ul className="invitations" aria-label={say('developer.list.title')}>
        {list.invitations.map((row) => (
          <Invitation key={row.id} shop={shop} zone={zone} row={row} />
        ))}
      </ul>
    </div>
  );
}

function Invitation({ shop, zone, row }: { shop: number; zone: string; row: InvitationRow }) {
  const say = useText();
  const format = useFormat(zone);
  const resend = useChange(shop, () => invitationApi.resend(shop, row.id, daysOf(row)));
  const revoke = useChange(shop, () => invitationApi.revoke(shop, row.id));
  const state = stateOf(row);
  const times = [
    say('developer.list.sent', { date: format.dateTime(row.sentAt) }),
    row.openedAt === null
      ? say('developer.list.notOpened')
      : say('developer.list.opened', { date: format.dateTime(row.openedAt) }),
    ...(row.seenAt === null ? [] : [say('developer.list.seen', { date: format.dateTime(row.seenAt) })]),
    row.revokedAt === null
      ? say('developer.list.until', { date: format.dateTime(row.expiresAt) })
      : say('developer.list.revokedAt', { date: format.dateTime(row.revokedAt) }),
    row.use.calls === 0 ? say('developer.list.noCalls') : say('developer.list.calls', { count: row.use.calls }),
  ];
  return (
    <li data-testid="invitation" data-email={row.email} data-state={state}>
      <div className="grow">
        <Group gap="xs">
          <Text fw={600} className="breaks">
            {row.email}
          </Text>
          <Badge {...tone(colors[state])} tt="none">
            {say(`developer.state.${state}`)}
          </Badge>
          {row.mayRead ? (
            <Badge {...tone('orange')} tt="none">
              {say('developer.list.reads')}
            </Badge>
          ) : null}
        </Group>
        <Text size="sm" c="dimmed">
          {dotted(times)}
        </Text>
        {row.mail?.fault == null || row.mail.state === 'sent' ? null : (
          <Text size="sm" c="red" data-testid="invitation-fault">
            {say('developer.list.fault', { fault: row.mail.fault })}
          </Text>
        )}
      </div>
      {row.revokedAt === null ? (
        <Group gap="xs" wrap="nowrap">
          <Button
            size="xs"
            variant="default"
            loading={resend.isPending}
            onClick={() => resend.mutate()}
            aria-label={say('developer.list.resendTo', { email: row.email })}
            data-testid="invitation-resend"
          >
            {say('developer.list.resend')}
          </Button>
          <Button
            size="xs"
            variant="light"
            color="red"
            loading={revoke.isPending}
            onClick={() => revoke.mutate()}
            aria-label={say('developer.list.revokeOf', { email: row.email })}
            data-testid="invitation-revoke"
          >
            {say('developer.list.revoke')}
          </Button>
        </Group>
      ) : null}
    </li>
  );
}

const colors = {
  revoked: 'gray',
  over: 'gray',
  opened: 'teal',
  refused: 'red',
  waiting: 'yellow',
  sent: 'blue',
} as const;

function stateOf({ revokedAt, expiresAt, openedAt, mail }: InvitationRow): keyof typeof colors {
  if (revokedAt !== null) return 'revoked';
  if (expiresAt <= Date.now()) return 'over';
  if (openedAt !== null) return 'opened';
  if (mail?.state === 'refused' || mail?.state === 'given_up') return 'refused';
  return mail?.state === 'waiting' ? 'waiting' : 'sent';
}

/** For as long as it was first meant. */
function daysOf({ sentAt, expiresAt }: InvitationRow): number {
  return Math.min(365, Math.max(1, Math.round((expiresAt - sentAt) / dayMs)));
}

/** A change of the list, which answers the list as it is then. */
function useChange(shop: number, change: () => Promise<InvitationList>) {
  const say = useText();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (list) => queries.setQueryData(['shop', shop, 'developers'], list),
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
}
