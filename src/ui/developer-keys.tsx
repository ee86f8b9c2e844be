import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeveloperKeys, DeveloperPage } from '#contract/developer.ts';
import { ApiError } from './api.ts';
import { developerApi, developerKey } from './developer-api.ts';
import { useFormat } from './format.ts';
import { errorText } from './page-state.tsx';
import { Callout, CopyIcon, Section } from './pieces.tsx';
import { type Say, useText } from './text.ts';

/** Three keys for three places: the shop's pages, the developer's own calls, and tests that count for nothing. */
export function DeveloperKeysSection({ page }: { page: DeveloperPage }) {
  const say = useText();
  const format = useFormat(page.zone);
  const reveal = useMutation({ mutationFn: developerApi.keys, gcTime: 0 });
  const until = format.date(page.until);
  return (
    <Section id="keys" title={say('developer.keys.title')} help={say('developer.keys.help')}>
      <Stack gap="lg">
        <div>
          <Text fw={600}>{say('developer.keys.pages')}</Text>
          <Text size="sm" c="dimmed">
            {say('developer.keys.pagesHelp')}
          </Text>
          <KeyLine label={say('tracker.keys.public')} text={page.publicKey} testId="developer-public-key" />
        </div>
        <div>
          <Text fw={600}>{say('developer.keys.own')}</Text>
          <Text size="sm" c="dimmed">
            {say(page.mayRead ? 'developer.keys.ownReads' : 'developer.keys.ownWrites', { until })}
          </Text>
          <KeyLine label={say('tracker.keys.public')} text={page.ownKey} testId="developer-own-key" />
          <PrivateLine keys={reveal.data} of="own" />
        </div>
        <div>
          <Text fw={600}>{say('developer.keys.test')}</Text>
          <Text size="sm" c="dimmed">
            {say('developer.keys.testHelp')}
          </Text>
          <KeyLine label={say('tracker.keys.public')} text={page.testKey} testId="developer-test-key" />
          <PrivateLine keys={reveal.data} of="test" />
        </div>
        {reveal.data === undefined ? (
          <Proof page={page} onShow={() => reveal.mutate()} busy={reveal.isPending} />
        ) : (
          <div>
            <Button variant="default" onClick={() => reveal.reset()}>
              {say('common.hide')}
            </Button>
          </div>
        )}
        {reveal.isError ? (
          <Alert color="red" role="alert">
            {errorText(say, reveal.error)}
          </Alert>
        ) : null}
      </Stack>
    </Section>
  );
}

function KeyLine({ label, text, testId }: { label: string; text: string; testId: string }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Group wrap="nowrap" gap="sm">
        <span className="key-text" data-testid={testId}>
          {text}
        </span>
        <CopyIcon text={text} label={label} />
      </Group>
    </div>
  );
}

function PrivateLine({ keys, of }: { keys: DeveloperKeys | undefined; of: keyof DeveloperKeys }) {
  const say = useText();
  if (keys === undefined || keys[of] === '') return null;
  return <KeyLine label={say('tracker.keys.private')} text={keys[of]} testId={`developer-private-${of}`} />;
}

/** Who holds the link must also read the invited address, once in each browser. */
function Proof({ page, onShow, busy }: { page: DeveloperPage; onShow: () => void; busy: boolean }) {
  const say = useText();
  const queries = useQueryClient();
  const [code, setCode] = useState('');
  const send = useMutation({ mutationFn: developerApi.sendCode });
  const prove = useMutation({
    mutationFn: () => developerApi.proveCode(code.trim()),
    onSuccess: async () => {
      onShow();
      await queries.invalidateQueries({ queryKey: developerKey });
    },
  });
  if (page.proved)
    return (
      <div>
        <Button onClick={onShow} loading={busy} data-testid="developer-keys-show">
          {say('developer.keys.show')}
        </Button>
      </div>
    );
  return (
    <Callout title={say('developer.code.title')}>
      <Text size="sm">{say('developer.code.help', { email: page.email })}</Text>
      <Group mt="sm" align="flex-end" gap="sm">
        <Button
          variant={send.isSuccess ? 'default' : 'filled'}
          loading={send.isPending}
          onClick={() => send.mutate()}
          data-testid="developer-code-send"
        >
          {say(send.isSuccess ? 'developer.code.again' : 'developer.code.send')}
        </Button>
        {send.isSuccess ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              prove.mutate();
            }}
          >
            <Group align="flex-end" gap="sm">
              <TextInput
                label={say('developer.code.label')}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
                inputMode="numeric"
                autoComplete="one-time-code"
                maxLength={6}
                w={160}
                data-testid="developer-code"
              />
              <Button
                type="submit"
                disabled={!/^\d{6}$/.test(code.trim())}
                loading={prove.isPending}
                data-testid="developer-code-prove"
              >
                {say('developer.code.prove')}
              </Button>
            </Group>
          </form>
        ) : null}
      </Group>
      <div role="status">
        {send.isSuccess && !prove.isError ? (
          <Text size="sm" mt="sm">
            {say('developer.code.sent', { email: page.email })}
          </Text>
        ) : null}
        {[send.error, prove.error].map((error) =>
          error === null ? null : (
            <Text key={error.message} size="sm" mt="sm" c="red">
              {faultText(say, error)}
            </Text>
          ),
        )}
      </div>
    </Callout>
  );
}

function faultText(say: Say, error: unknown): string {
  if (error instanceof ApiError && error.code === 'code.wrong') return say('developer.code.wrong');
  if (error instanceof ApiError && error.code === 'code.too_many') return say('developer.code.tooMany');
  return errorText(say, error);
}
