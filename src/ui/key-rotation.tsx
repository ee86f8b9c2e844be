import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TrackerPage } from '#contract/tracker.ts';
import { ApiError, api } from './api.ts';
import { Dialog } from './dialog.tsx';
import { useFormat } from './format.ts';
import { errorText } from './page-state.tsx';
import { Callout } from './pieces.tsx';
import { useText } from './text.ts';

type Pair = TrackerPage['keys'][number];

/** Hours the old pair may live on. */
const graces = [0, 24, 168, 720] as const;

/** A pair that stands can be replaced; one that has an end says who still uses it, and can be ended at once. */
export function KeyRotation({ page, pair }: { page: TrackerPage; pair: Pair }) {
  const say = useText();
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  if (pair.use !== null) return <Ending page={page} pair={pair} use={pair.use} />;
  return (
    <div>
      <Button variant="default" onClick={() => setAsking(true)} data-testid="key-rotate">
        {say('keys.rotate')}
      </Button>
      {asking ? <RotateForm page={page} pair={pair} onClose={close} /> : null}
    </div>
  );
}

function RotateForm({ page, pair, onClose }: { page: TrackerPage; pair: Pair; onClose: () => void }) {
  const say = useText();
  const [hours, setHours] = useState('168');
  const renew = useRenew(page.shop.id);
  const rotate = useMutation({
    mutationFn: () => api.rotateKey(page.shop.id, pair.id, Number(hours)),
    onSuccess: async () => {
      await renew();
      notifications.show({ color: 'teal', message: say('keys.rotated') });
      onClose();
    },
    onError: (error) => notifications.show({ color: 'red', message: faultText(say, error) }),
  });
  return (
    <Dialog onClose={onClose} title={say('keys.rotate')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rotate.mutate();
        }}
      >
        <Stack>
          <Text size="sm">{say('keys.rotateHelp')}</Text>
          <Radio.Group label={say('keys.grace')} value={hours} onChange={setHours}>
            <Stack gap="xs" mt="xs">
              {graces.map((one) => (
                <Radio
                  key={one}
                  value={String(one)}
                  label={say(`keys.grace.${one}`)}
                  data-testid={`key-grace-${one}`}
                />
              ))}
            </Stack>
          </Radio.Group>
          {hours === '0' ? <Callout mood="attention">{say('keys.graceNone')}</Callout> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button type="submit" loading={rotate.isPending} data-testid="key-rotate-submit">
              {say('keys.rotateSubmit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Ending({ page, pair, use }: { page: TrackerPage; pair: Pair; use: NonNullable<Pair['use']> }) {
  const say = useText();
  const format = useFormat(page.settings.zone);
  const renew = useRenew(page.shop.id);
  const end = useMutation({
    mutationFn: () => api.endKey(page.shop.id, pair.id),
    onSuccess: renew,
    onError: (error) => notifications.show({ color: 'red', message: faultText(say, error) }),
  });
  return (
    <Callout {...(use.calls === 0 ? {} : { mood: 'attention' as const })} testId="key-ending">
      <Group justify="space-between" gap="sm">
        <Text size="sm" className="grow">
          <span data-testid="key-calls" data-calls={use.calls}>
            {use.calls === 0 ? say('keys.unused') : say('keys.used', { count: use.calls })}
          </span>
          {use.lastAt === null ? null : ` ${say('keys.lastUsed', { date: format.dateTime(use.lastAt) })}`}
        </Text>
        <Button variant="default" size="xs" loading={end.isPending} onClick={() => end.mutate()} data-testid="key-end">
          {say('keys.end')}
        </Button>
      </Group>
    </Callout>
  );
}

function useRenew(shop: number) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['shop', shop, 'tracker'] });
}

function faultText(say: ReturnType<typeof useText>, error: unknown): string {
  return error instanceof ApiError && error.status === 409 ? say('keys.changed') : errorText(say, error);
}
