import { Alert, Button, Group, NativeSelect, PasswordInput, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SourceBody, SourceList, SourceRow } from '#contract/import-sources.ts';
import type { ImportList } from '#contract/imports.ts';
import { sourceFaultText } from '#contract/source-fault.ts';
import { ApiError } from './api.ts';
import { Dialog } from './dialog.tsx';
import { sourceApi } from './import-source-api.ts';
import { errorText } from './page-state.tsx';
import { type Say, useText, useWord } from './text.ts';

type Auth = 'kept' | 'none' | 'password' | 'token' | 'key';

const rhythms = ['hour', 'day', 'week'] as const;

/** A new recurring import (`source` null), or another plan of one; a secret that was given is never shown. */
export function SourceForm({
  shop,
  source,
  templates,
  people,
  onClose,
}: {
  shop: number;
  source: SourceRow | null;
  templates: ImportList['templates'];
  people: SourceList['people'];
  onClose: () => void;
}) {
  const say = useText();
  const word = useWord();
  const queries = useQueryClient();
  const keyOf = (kind: string, name: string) => `${kind} ${name}`;
  const first = templates[0];
  const [name, setName] = useState(source?.name ?? '');
  const [template, setTemplate] = useState(
    source === null ? keyOf(first?.kind ?? '', first?.name ?? '') : keyOf(source.kind, source.template),
  );
  const [address, setAddress] = useState(source?.address ?? 'https://');
  const [auth, setAuth] = useState<Auth>(source === null ? 'none' : source.hasSecret ? 'kept' : 'none');
  const [userName, setUserName] = useState(source?.userName ?? '');
  const [secret, setSecret] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const [every, setEvery] = useState<SourceBody['every']>(source?.every ?? 'day');
  const [hour, setHour] = useState(source?.hour ?? 5);
  const [weekday, setWeekday] = useState(source?.weekday ?? 1);
  const [notify, setNotify] = useState(source?.notify ?? people[0]?.id ?? '');
  const isSftp = address.trim().startsWith('sftp:');
  const ways = waysOf(isSftp, source?.hasSecret === true);
  const way = ways.find((one) => one === auth) ?? ways[0];
  const named = isSftp || way === 'password' || (way === 'kept' && userName !== '');
  const save = useMutation({
    mutationFn: async () => {
      const chosen = templates.find((one) => keyOf(one.kind, one.name) === template);
      if (chosen === undefined) throw new ApiError(400, 'source.template_gone');
      const body: SourceBody = {
        ...{ name: name.trim(), kind: chosen.kind, template: chosen.name, address: address.trim() },
        ...{ userName: named ? userName.trim() : '', every, hour, weekday, notify },
        ...(way === 'kept' ? {} : { secret: secretOf(way, secret, passphrase) }),
      };
      await (source === null ? sourceApi.create(shop, body) : sourceApi.change(shop, source.id, body));
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['shop', shop, 'import-sources'] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog
      onClose={onClose}
      title={say(source === null ? 'sources.add' : 'sources.edit')}
      lockScroll={false}
      size="lg"
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={say('sources.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={100}
            data-autofocus
            data-testid="source-name"
          />
          <NativeSelect
            label={say('sources.template')}
            value={template}
            onChange={(event) => setTemplate(event.currentTarget.value)}
            data={templates.map((one) => ({
              value: keyOf(one.kind, one.name),
              label: `${one.name} (${word('imports.kind', one.kind)})`,
            }))}
            data-testid="source-template"
          />
          <TextInput
            label={say('sources.address')}
            description={say('sources.addressHelp')}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
            required
            maxLength={1000}
            inputMode="url"
            data-testid="source-address"
          />
          <NativeSelect
            label={say('sources.auth')}
            value={way}
            onChange={(event) => setAuth(ways.find((one) => one === event.currentTarget.value) ?? 'none')}
            data={ways.map((value) => ({ value, label: say(`sources.auth.${value}`) }))}
            data-testid="source-auth"
          />
          {named ? (
            <TextInput
              label={say('sources.userName')}
              value={userName}
              onChange={(event) => setUserName(event.currentTarget.value)}
              required
              maxLength={200}
              autoComplete="off"
              data-testid="source-user"
            />
          ) : null}
          <Secret way={way} secret={secret} passphrase={passphrase} onSecret={setSecret} onPassphrase={setPassphrase} />
          <Group align="flex-end" grow preventGrowOverflow={false}>
            <NativeSelect
              label={say('sources.every')}
              value={every}
              onChange={(event) => setEvery(rhythms.find((one) => one === event.currentTarget.value) ?? 'day')}
              data={rhythms.map((value) => ({ value, label: word('sources.every', value) }))}
              data-testid="source-every"
            />
            {every === 'week' ? (
              <NativeSelect
                label={say('sources.weekday')}
                value={String(weekday)}
                onChange={(event) => setWeekday(Number(event.currentTarget.value))}
                data={[1, 2, 3, 4, 5, 6, 7].map((day) => ({
                  value: String(day),
                  label: word('sources.weekday', String(day)),
                }))}
              />
            ) : null}
            {every === 'hour' ? null : (
              <NativeSelect
                label={say('sources.hour')}
                value={String(hour)}
                onChange={(event) => setHour(Number(event.currentTarget.value))}
                data={Array.from({ length: 24 }, (_, at) => ({ value: String(at), label: `${at}:00` }))}
              />
            )}
          </Group>
          <NativeSelect
            label={say('sources.notify')}
            value={notify}
            onChange={(event) => setNotify(event.currentTarget.value)}
            data={people.map(({ id, name: label }) => ({ value: id, label }))}
            data-testid="source-notify"
          />
          {save.isError ? (
            <Alert color="red" role="alert" data-testid="source-refused">
              {refusalText(say, word, save.error)}
            </Alert>
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button type="submit" loading={save.isPending} data-testid="source-save">
              {say('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Secret({
  way,
  secret,
  passphrase,
  onSecret,
  onPassphrase,
}: {
  way: Auth;
  secret: string;
  passphrase: string;
  onSecret: (text: string) => void;
  onPassphrase: (text: string) => void;
}) {
  const say = useText();
  if (way === 'none' || way === 'kept') return null;
  if (way !== 'key')
    return (
      <PasswordInput
        label={say(way === 'token' ? 'sources.token' : 'sources.password')}
        description={say('sources.secretHelp')}
        value={secret}
        onChange={(event) => onSecret(event.currentTarget.value)}
        required
        maxLength={500}
        autoComplete="new-password"
        data-testid="source-secret"
      />
    );
  return (
    <Stack gap="xs">
      <Textarea
        label={say('sources.privateKey')}
        description={say('sources.privateKeyHelp')}
        value={secret}
        onChange={(event) => onSecret(event.currentTarget.value)}
        required
        minRows={4}
        autosize
        maxRows={8}
        maxLength={20_000}
        autoComplete="off"
        data-testid="source-secret"
      />
      <PasswordInput
        label={say('sources.passphrase')}
        value={passphrase}
        onChange={(event) => onPassphrase(event.currentTarget.value)}
        maxLength={500}
        autoComplete="new-password"
      />
      <Text size="xs" c="dimmed">
        {say('sources.secretHelp')}
      </Text>
    </Stack>
  );
}

function waysOf(isSftp: boolean, kept: boolean): readonly [Auth, ...Auth[]] {
  const others = isSftp ? (['password', 'key'] as const) : (['none', 'password', 'token'] as const);
  return kept ? ['kept', ...others] : [others[0], ...others.slice(1)];
}

function secretOf(way: Auth, secret: string, passphrase: string): SourceBody['secret'] {
  if (way === 'none') return null;
  if (way === 'key') return { privateKey: `${secret.trim()}\n`, passphrase: passphrase === '' ? null : passphrase };
  return { password: secret };
}

function refusalText(say: Say, word: ReturnType<typeof useWord>, error: unknown): string {
  if (!(error instanceof ApiError) || error.status !== 400) return errorText(say, error);
  const text = sourceFaultText(word, error.code);
  return text === error.code ? errorText(say, error) : text;
}
