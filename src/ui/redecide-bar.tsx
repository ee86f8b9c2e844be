import { Button, Group, Progress, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Installation } from '#contract/installation.ts';
import type { TrackerPage } from '#contract/tracker.ts';
import { useFormat } from './format.ts';
import { installationApi } from './installation-api.ts';
import { errorText } from './page-state.tsx';
import { useChangeSettings } from './settled-notice.ts';
import { type Say, useText } from './text.ts';

type Redecide = NonNullable<Installation['redecide']>;

/** Orders being decided again after a change of the setting: how far, how long still, and a stop (rules §3.5). */
export function RedecideBar({ page, redecide }: { page: TrackerPage; redecide: Redecide }) {
  const say = useText();
  const format = useFormat(page.settings.zone);
  const queries = useQueryClient();
  const change = useChangeSettings(page.shop.id);
  const pause = useMutation({
    mutationFn: (paused: boolean) => installationApi.pauseRedecide(page.shop.id, paused),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['shop', page.shop.id, 'installation'] }),
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const counts = { done: format.number(redecide.done), total: format.number(redecide.total) };
  const share = redecide.total === 0 ? 100 : Math.min(100, (100 * redecide.done) / redecide.total);
  const former = page.settings.validation === 'paid' ? 'placed' : 'paid';
  return (
    <div className="effect" role="status" data-testid="redecide" data-paused={redecide.paused || undefined}>
      <Group justify="space-between" gap="xs">
        <Text fw={600} size="sm">
          {say('redecide.title')}
        </Text>
        <Text size="sm" c="dimmed">
          {redecide.paused ? null : `${say('redecide.progress', counts)} · ${timeLeft(redecide, say)}`}
        </Text>
      </Group>
      <Progress value={share} aria-label={say('redecide.title')} />
      {redecide.paused ? <Text size="sm">{say('redecide.paused', counts)}</Text> : null}
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          loading={pause.isPending}
          onClick={() => pause.mutate(!redecide.paused)}
          data-testid="redecide-stop"
        >
          {say(redecide.paused ? 'redecide.resume' : 'redecide.stop')}
        </Button>
        <Button
          size="xs"
          variant="default"
          loading={change.isPending}
          onClick={() => change.mutate({ validation: former })}
          data-testid="redecide-back"
        >
          {say('redecide.back')}
        </Button>
      </Group>
    </div>
  );
}

function timeLeft({ total, done, startedAt }: Redecide, say: Say): string {
  const passed = Date.now() - startedAt;
  if (done === 0 || passed < 1_000) return say('redecide.soon');
  const seconds = Math.round(((total - done) * passed) / done / 1_000);
  if (seconds < 5) return say('redecide.soon');
  const time =
    seconds < 90 ? say('time.seconds', { count: seconds }) : say('time.minutes', { count: Math.round(seconds / 60) });
  return say('redecide.left', { time });
}
