import { Badge, Button, Divider, Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import type { TrackerPage } from '#contract/tracker.ts';
import { api, useMay } from './api.ts';
import { useFormat } from './format.ts';
import { KeyRotation } from './key-rotation.tsx';
import { errorText } from './page-state.tsx';
import { CopyIcon, Section } from './pieces.tsx';
import { useText } from './text.ts';

export function KeysSection({ page }: { page: TrackerPage }) {
  const say = useText();
  return (
    <Section id="keys" title={say('tracker.keys.title')} help={say('tracker.keys.privateHelp')}>
      <Stack gap="lg">
        {page.keys.map((key, place) => (
          <Stack key={key.id} gap="md">
            {place === 0 ? null : <Divider />}
            <KeyPair page={page} pair={key} />
          </Stack>
        ))}
      </Stack>
    </Section>
  );
}

/** The private key is asked for when somebody wants to see it, and kept on this screen only. */
function KeyPair({ page, pair }: { page: TrackerPage; pair: TrackerPage['keys'][number] }) {
  const say = useText();
  const format = useFormat(page.settings.zone);
  const reveal = useMutation({
    mutationFn: () => api.revealKey(page.shop.id, pair.id),
    gcTime: 0,
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const may = useMay(page.shop.id);
  const shown = reveal.data?.privateKey;
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Text fw={600}>{pair.name}</Text>
        {pair.mayWrite ? (
          <Badge variant="light" tt="none">
            {say('tracker.keys.write')}
          </Badge>
        ) : null}
        {pair.mayRead ? (
          <Badge variant="light" tt="none">
            {say('tracker.keys.read')}
          </Badge>
        ) : null}
        {pair.expiresAt === null ? null : (
          <Text size="sm" c="dimmed">
            {say('tracker.keys.expires', { date: format.dateTime(pair.expiresAt) })}
          </Text>
        )}
      </Group>
      <div>
        <Text size="sm" c="dimmed">
          {say('tracker.keys.public')}
        </Text>
        <Group wrap="nowrap" gap="sm">
          <span className="key-text" data-testid="key-public">
            {pair.publicKey}
          </span>
          <CopyIcon text={pair.publicKey} label={say('tracker.keys.public')} />
        </Group>
      </div>
      <div>
        <Text size="sm" c="dimmed">
          {say('tracker.keys.private')}
        </Text>
        <Group gap="sm" wrap="nowrap">
          <span className="key-text" data-testid="key-private">
            {shown ?? (
              <>
                <VisuallyHidden>{say('tracker.keys.hidden')}</VisuallyHidden>
                <span aria-hidden="true">{'•'.repeat(24)}</span>
              </>
            )}
          </span>
          {shown === undefined && !may('keys.reveal') ? null : shown === undefined ? (
            <Button
              variant="default"
              loading={reveal.isPending}
              onClick={() => reveal.mutate()}
              aria-label={say('tracker.keys.reveal')}
              data-testid="key-private-show"
            >
              {say('common.show')}
            </Button>
          ) : (
            <>
              <CopyIcon text={shown} label={say('tracker.keys.private')} />
              <Button variant="default" onClick={() => reveal.reset()} data-testid="key-private-hide">
                {say('common.hide')}
              </Button>
            </>
          )}
        </Group>
      </div>
      {may('keys.manage') ? <KeyRotation page={page} pair={pair} /> : null}
    </Stack>
  );
}
