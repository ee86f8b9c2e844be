import { Badge, Button, Checkbox, Group, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { AccountPage as Account } from '#contract/account.ts';
import { alarmNames } from '#contract/lists.ts';
import type { AlarmKind } from '#domain/alarm.ts';
import { useFormat } from './format.ts';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { NewPasswordInput } from './password-pages.tsx';
import { accountApi } from './people-api.ts';
import { Section, tone } from './pieces.tsx';
import { SecondFactorSection } from './second-factor-section.tsx';
import { changeLanguage, type Language, languages, useLanguage, useText } from './text.ts';
import { useAct } from './use-act.ts';

export const accountKey = ['account'];

/** Everybody's own account. */
export function AccountPage() {
  const say = useText();
  const account = useQuery({ queryKey: accountKey, queryFn: accountApi.account });
  if (account.isPending) return <Loading />;
  if (account.isError) return <PageError error={account.error} onRetry={() => void account.refetch()} />;
  return (
    <>
      <PageTitle title={say('account.title')} lead={say('account.lead')} />
      <Stack gap="lg">
        <ProfileSection account={account.data} />
        <PasswordSection account={account.data} />
        <SecondFactorSection account={account.data} />
        <SessionsSection account={account.data} />
        <AlarmsSection account={account.data} />
      </Stack>
    </>
  );
}

function ProfileSection({ account }: { account: Account }) {
  const say = useText();
  const shown = useLanguage();
  const [name, setName] = useState(account.name);
  const [lang, setLang] = useState<Language>(account.lang ?? shown);
  const save = useAct(() => accountApi.save({ name: name.trim(), lang }), {
    told: () => say('account.saved'),
    onDone: () => void changeLanguage(lang),
    // Everything: the name stands in the frame too.
    touches: [],
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Section id="profile" title={say('account.profile')} help={account.email}>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label={say('account.name')}
            autoComplete="name"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            w={300}
            maw="100%"
            data-testid="account-name"
          />
          <Select
            label={say('account.lang')}
            data={languages.map((value) => ({ value, label: say(`language.${value}`) }))}
            value={lang}
            allowDeselect={false}
            onChange={(value) => setLang(value === 'en' ? 'en' : 'fr')}
            data-testid="account-lang"
          />
          <Button
            type="submit"
            disabled={name.trim() === '' || (name.trim() === account.name && lang === account.lang)}
            loading={save.isPending}
            data-testid="account-save"
          >
            {say('common.save')}
          </Button>
        </Group>
      </form>
    </Section>
  );
}

function PasswordSection({ account }: { account: Account }) {
  const say = useText();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const save = useAct(() => accountApi.changePassword({ current: account.hasPassword ? current : null, password }), {
    told: () => say('account.passwordSaved'),
    touches: accountKey,
    onDone: () => {
      setCurrent('');
      setPassword('');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Section
      id="password"
      title={say('account.password')}
      help={say(account.hasPassword ? 'account.passwordHelp' : 'account.passwordNone')}
    >
      <form onSubmit={submit}>
        <Stack gap="sm" maw={420}>
          <input type="text" name="username" autoComplete="username" value={account.email} readOnly hidden />
          {account.hasPassword ? (
            <PasswordInput
              label={say('account.passwordCurrent')}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ 'aria-label': say('signIn.showPassword') }}
              required
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
              data-testid="password-current"
            />
          ) : null}
          <NewPasswordInput label={say('account.passwordNew')} value={password} onChange={setPassword} />
          <div>
            <Button type="submit" disabled={password.length < 12} loading={save.isPending} data-testid="password-save">
              {say('account.passwordSave')}
            </Button>
          </div>
        </Stack>
      </form>
    </Section>
  );
}

function SessionsSection({ account }: { account: Account }) {
  const say = useText();
  const format = useFormat(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const end = useAct((sessionId: string | null) => accountApi.endSession(sessionId), {
    told: (sessionId) => say(sessionId === null ? 'sessions.endedOthers' : 'sessions.ended'),
    touches: accountKey,
  });
  return (
    <Section id="sessions" title={say('sessions.title')} help={say('sessions.help')}>
      <Stack gap="xs">
        {account.sessions.map((session) => {
          const agent = session.agent === null ? say('sessions.unknown') : agentName(session.agent);
          return (
            <Group key={session.id} className="basis-row" justify="space-between" data-testid="session">
              <div className="grow">
                <Group gap="xs">
                  <Text size="sm" title={session.agent ?? undefined}>
                    {agent}
                  </Text>
                  {session.current ? (
                    <Badge {...tone('teal')} tt="none">
                      {say('sessions.current')}
                    </Badge>
                  ) : null}
                </Group>
                <Text size="xs" c="dimmed">
                  {say('sessions.seen', { since: format.dateTime(session.since), seen: format.date(session.seenAt) })}
                </Text>
              </div>
              {session.current ? null : (
                <Button
                  size="xs"
                  variant="default"
                  loading={end.isPending && end.variables === session.id}
                  onClick={() => end.mutate(session.id)}
                  aria-label={say('sessions.endOf', { agent, since: format.dateTime(session.since) })}
                  data-testid="session-end"
                >
                  {say('sessions.end')}
                </Button>
              )}
            </Group>
          );
        })}
      </Stack>
      {account.sessions.length < 2 ? null : (
        <Button
          mt="sm"
          variant="default"
          loading={end.isPending && end.variables === null}
          onClick={() => end.mutate(null)}
          data-testid="sessions-end-others"
        >
          {say('sessions.endOthers')}
        </Button>
      )}
    </Section>
  );
}

const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const systems = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS X', 'macOS'],
  ['Linux', 'Linux'],
] as const;

/** What people call it; a browser that calls itself otherwise, as it does. */
function agentName(agent: string): string {
  const browser = browsers.find(([sign]) => agent.includes(sign))?.[1];
  const system = systems.find(([sign]) => agent.includes(sign))?.[1];
  return browser === undefined
    ? agent.slice(0, 60)
    : [browser, system].filter((word) => word !== undefined).join(' · ');
}

function AlarmsSection({ account }: { account: Account }) {
  const say = useText();
  const save = useAct(
    ({ shop, alarms }: { shop: number; alarms: AlarmKind[] }) => accountApi.saveAlarms(shop, { alarms }),
    { told: () => say('account.saved'), touches: accountKey },
  );
  return (
    <Section id="alarms" title={say('alarms.title')} help={say('alarms.help')}>
      {account.shops.length === 0 ? <Text size="sm">{say('alarms.none')}</Text> : null}
      <Stack gap="md">
        {account.shops.map((shop) => (
          <Checkbox.Group
            key={shop.id}
            label={shop.name}
            value={shop.alarms}
            onChange={(chosen) =>
              save.mutate({ shop: shop.id, alarms: alarmNames.filter((kind) => chosen.includes(kind)) })
            }
          >
            <Stack gap={6} mt={4}>
              {alarmNames.map((kind) => (
                <Checkbox
                  key={kind}
                  value={kind}
                  label={say(`alarms.${kind}`)}
                  data-testid={`alarm-${shop.id}-${kind}`}
                />
              ))}
            </Stack>
          </Checkbox.Group>
        ))}
      </Stack>
    </Section>
  );
}
