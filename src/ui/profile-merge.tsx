import { Alert, Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ProfilePage, SettledAnswer } from '#contract/profile.ts';
import { api, call } from './api.ts';
import { Dialog } from './dialog.tsx';
import { Loading, PageError } from './page-state.tsx';
import { Callout } from './pieces.tsx';
import { useSettled } from './settled-notice.ts';
import { useText } from './text.ts';

interface Props {
  readonly shop: number;
  readonly page: ProfilePage;
}

function useMerge(shop: number, undo: boolean) {
  const path = undo ? 'unmerge' : 'merge';
  return useSettled(shop, ({ kept, other }: { readonly kept: number; readonly other: number }) =>
    call<SettledAnswer>('POST', `/api/shops/${shop}/profiles/${kept}/${path}`, { other }),
  );
}

/** Who this profile is one person with: said by staff, and taken back by them. */
export function MergedProfiles({ shop, page }: Props) {
  const say = useText();
  const part = useMerge(shop, true);
  if (page.mergedInto !== null) {
    const root = page.mergedInto;
    return (
      <Alert color="yellow" mb="md" data-testid="profile-merged">
        <Group justify="space-between" gap="sm">
          <Text size="sm">
            {say('profile.merged')} <ProfileLink shop={shop} id={root} text={say('merge.openKept')} />
          </Text>
          <Button
            size="xs"
            variant="default"
            loading={part.isPending}
            onClick={() => part.mutate({ kept: root, other: page.id })}
            data-testid="profile-unmerge"
          >
            {say('merge.undo')}
          </Button>
        </Group>
      </Alert>
    );
  }
  if (page.absorbed.length === 0) return null;
  return (
    <Callout title={say('merge.absorbed')} testId="profile-absorbed">
      <ul className="plain-list">
        {page.absorbed.map(({ id, email, name }) => (
          <li key={id}>
            <Group gap="sm">
              <ProfileLink shop={shop} id={id} text={email ?? name ?? say('profile.unnamed', { id })} />
              <Button
                size="xs"
                variant="default"
                loading={part.isPending}
                onClick={() => part.mutate({ kept: page.id, other: id })}
                aria-label={say('merge.undoOf', { name: email ?? name ?? String(id) })}
                data-testid="profile-unmerge"
              >
                {say('merge.undo')}
              </Button>
            </Group>
          </li>
        ))}
      </ul>
    </Callout>
  );
}

function ProfileLink({ shop, id, text }: { shop: number; id: number; text: string }) {
  return (
    <Link
      to="/shops/$shopId/profiles/$profileId"
      params={{ shopId: String(shop), profileId: String(id) }}
      className="text-link"
    >
      {text}
    </Link>
  );
}

/** Finds the other profile of the same person, says what follows, and merges it into this one. */
export function MergeButton({ shop, page }: Props) {
  const say = useText();
  const [open, setOpen] = useState(false);
  if (page.mergedInto !== null) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)} data-testid="profile-merge">
        {say('merge.open')}
      </Button>
      {open ? <MergeForm shop={shop} page={page} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function MergeForm({ shop, page, onClose }: Props & { onClose: () => void }) {
  const say = useText();
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 250);
  const [other, setOther] = useState<string | null>(null);
  const merge = useMerge(shop, false);
  const found = useQuery({
    queryKey: ['shop', shop, 'merge-search', search],
    queryFn: () => api.profiles(shop, { search }),
    enabled: search !== '',
  });
  const others = found.data?.profiles.filter(({ id }) => id !== page.id) ?? [];
  return (
    <Dialog onClose={onClose} size="lg" title={say('merge.title')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (other !== null) merge.mutate({ kept: page.id, other: Number(other) }, { onSuccess: onClose });
        }}
      >
        <Stack>
          <Text size="sm">{say('merge.help')}</Text>
          <TextInput
            label={say('merge.search')}
            description={say('merge.searchHelp')}
            value={text}
            maxLength={250}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setOther(null);
            }}
            data-testid="merge-search"
          />
          {found.isLoading ? <Loading /> : null}
          {found.isError ? <PageError error={found.error} onRetry={() => void found.refetch()} /> : null}
          {found.isSuccess && others.length === 0 ? (
            <Text size="sm" c="dimmed" role="status">
              {say('merge.nobody')}
            </Text>
          ) : null}
          {others.length === 0 ? null : (
            <Radio.Group value={other} onChange={setOther} label={say('merge.choose')}>
              <Stack gap="xs" mt="xs">
                {others.map((one) => (
                  <Radio
                    key={one.id}
                    value={String(one.id)}
                    label={one.email ?? say('profile.unnamed', { id: one.id })}
                    description={say('profile.unnamed', { id: one.id })}
                    data-testid="merge-choice"
                  />
                ))}
              </Stack>
            </Radio.Group>
          )}
          <Callout mood="attention" title={say('merge.effect')}>
            <Text size="sm">{say('merge.effectHelp')}</Text>
          </Callout>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button type="submit" disabled={other === null} loading={merge.isPending} data-testid="merge-submit">
              {say('merge.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
