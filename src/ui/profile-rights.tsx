import { Alert, Button, Group, Anchor as LinkText, Select, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { ProfilePage } from '#contract/profile.ts';
import type { ErasureBody } from '#contract/rights.ts';
import { useShopQuery } from './api.ts';
import { Dialog } from './dialog.tsx';
import { errorText } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { rightsApi } from './rights-api.ts';
import { erasureReasons } from './rights-lists.ts';
import { useLanguage, useText, useWord } from './text.ts';

/** Everything kept about a person, and its end. */
export function ProfileRights({ shop, page }: { shop: number; page: ProfilePage }) {
  const say = useText();
  const language = useLanguage();
  const [erasing, setErasing] = useState(false);
  return (
    <Section id="rights" title={say('rights.profileTitle')} help={say('rights.profileHelp')}>
      <Group gap="lg">
        <LinkText
          href={`/api/shops/${shop}/profiles/${page.id}/archive?language=${language}`}
          download
          size="sm"
          data-testid="profile-archive"
        >
          {say('rights.export')}
        </LinkText>
        <Button
          variant="outline"
          color="red"
          size="xs"
          onClick={() => setErasing(true)}
          data-testid="profile-erase-open"
        >
          {say('rights.erase')}
        </Button>
      </Group>
      {erasing ? <EraseForm shop={shop} page={page} onClose={() => setErasing(false)} /> : null}
    </Section>
  );
}

function EraseForm({ shop, page, onClose }: { shop: number; page: ProfilePage; onClose: () => void }) {
  const say = useText();
  const word = useWord();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [reason, setReason] = useState<ErasureBody['reason'] | null>(null);
  const [typed, setTyped] = useState('');
  const name = page.email ?? String(page.id);
  const preview = useShopQuery(['erasure', page.id], shop, (one) => rightsApi.preview(one, page.id));
  const erase = useMutation({
    mutationFn: (why: ErasureBody['reason']) => rightsApi.erase(shop, page.id, { reason: why }),
    onSuccess: async ({ state }) => {
      const later = state === 'pending';
      notifications.show({
        color: later ? 'yellow' : 'teal',
        message: say(later ? 'rights.erasedLater' : 'rights.erased'),
      });
      // a list kept from before would show them once more
      queries.removeQueries({ queryKey: ['shop', shop, 'profiles'] });
      await navigate({ to: '/shops/$shopId/profiles', params: { shopId: String(shop) } });
      queries.removeQueries({ queryKey: ['shop', shop, 'profile', page.id] });
      await queries.invalidateQueries({ queryKey: ['shop', shop] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason !== null && typed.trim() === name) erase.mutate(reason);
  };
  return (
    <Dialog onClose={onClose} title={say('rights.eraseTitle', { name })} centered>
      <form onSubmit={submit}>
        <Stack>
          {preview.data === undefined ? null : (
            <Stack gap={4} data-testid="erase-preview" data-profiles={preview.data.profiles}>
              <Text size="sm">{say('rights.eraseWhat', { count: preview.data.profiles })}</Text>
              <Text size="sm">{say('rights.eraseOrders', { count: preview.data.orders })}</Text>
              {preview.data.refusals === 0 ? null : (
                <Text size="sm">{say('rights.eraseRefusals', { count: preview.data.refusals })}</Text>
              )}
              <Text size="sm" fw={600}>
                {say('rights.eraseForever')}
              </Text>
            </Stack>
          )}
          <Select
            label={say('rights.eraseReason')}
            value={reason}
            onChange={(value) => setReason(erasureReasons.find((one) => one === value) ?? null)}
            data={erasureReasons.map((one) => ({ value: one, label: word('rights.eraseReason', one) }))}
            data-testid="erase-reason"
          />
          <TextInput
            label={say('rights.eraseConfirm', { text: name })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            data-testid="erase-confirm"
          />
          {erase.isError ? (
            <Alert color="red" role="alert">
              {errorText(say, erase.error)}
            </Alert>
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button
              type="submit"
              color="red"
              disabled={reason === null || typed.trim() !== name}
              loading={erase.isPending}
              data-testid="erase-submit"
            >
              {say('rights.erase')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
