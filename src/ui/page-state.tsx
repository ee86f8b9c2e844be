/** What a page shows while it has nothing else to show: loading, broken, empty, missing. */
import { Alert, Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { ApiError } from './api.ts';
import { type Say, useText } from './text.ts';

export function Loading() {
  const say = useText();
  return (
    <Group justify="center" py="xl" role="status">
      <Loader size="sm" aria-hidden />
      <Text c="dimmed">{say('common.loading')}</Text>
    </Group>
  );
}

export function PageError({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const say = useText();
  return (
    <Alert color="red" title={say('error.title')} role="alert" my="md">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{errorText(say, error)}</Text>
        {onRetry === undefined ? null : (
          <Button size="xs" variant="default" onClick={onRetry}>
            {say('common.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function errorText(say: Say, error: unknown): string {
  if (!(error instanceof ApiError)) return say('error.fault');
  switch (error.status) {
    case 0:
      return say('error.network');
    case 400:
    case 415:
      return say('error.invalid');
    case 401:
      return say('error.signedOut');
    case 403:
    case 404:
      return say('error.notFound');
    case 429:
      return say('error.tooMany');
    case 503:
      return say('error.busy');
    default:
      return say('error.fault');
  }
}

const problems = [
  'date.future',
  'password.wrong',
  'code.wrong',
  'code.locked',
  'code.over',
  'link.used',
  'session.other',
  'second_factor.on',
  'member.already',
  'member.too_many',
  'member.last_administrator',
  'email.invalid',
  'user.last_owner',
  'shop.open',
  'shop.other_name',
  'role.forbidden',
  'export.too_many',
] as const;

/** What the server said in particular, where it says so; otherwise as `errorText`. */
export function problemText(say: Say, error: unknown): string {
  const known = error instanceof ApiError ? problems.find((code) => code === error.code) : undefined;
  return known === undefined ? errorText(say, error) : say(`problem.${known}`);
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Paper withBorder p="xl" ta="center">
      <Text fw={600}>{title}</Text>
      {children === undefined ? null : (
        <Text c="dimmed" size="sm" mt={4} maw={480} mx="auto">
          {children}
        </Text>
      )}
    </Paper>
  );
}

export function NotFound() {
  const say = useText();
  return <PageError error={new ApiError(404, say('error.notFound'))} />;
}

export function PageTitle({ title, lead, children }: { title: string; lead?: string; children?: ReactNode }) {
  const say = useText();
  useDocumentTitle(`${title} · ${say('app.name')}`);
  return (
    <Group justify="space-between" align="flex-end" mb="lg" gap="md">
      <div>
        <Title order={1} size="h2">
          {title}
        </Title>
        {lead === undefined ? null : (
          <Text c="dimmed" mt={4}>
            {lead}
          </Text>
        )}
      </div>
      {children}
    </Group>
  );
}
