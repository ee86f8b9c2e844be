import { Alert, Button, Checkbox, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { EndpointBody, EndpointRow } from '#contract/webhooks.ts';
import { ApiError } from './api.ts';
import { Dialog } from './dialog.tsx';
import { errorText } from './page-state.tsx';
import { useText, useWord } from './text.ts';
import { webhookApi } from './webhook-api.ts';

const kinds = [
  'consent.accepted',
  'consent.refused',
  'consent.to_confirm',
  'consent.updated',
  'order.validated',
  'order.cancelled',
  'order.refunded',
  'profile.created',
  'cart.abandoned',
] as const satisfies readonly EndpointBody['kinds'][number][];

/** A new endpoint (`endpoint` null), or other values of one. */
export function EndpointForm({
  shop,
  endpoint,
  onClose,
  onMade,
}: {
  shop: number;
  endpoint: EndpointRow | null;
  onClose: () => void;
  onMade: (secrets: readonly string[]) => void;
}) {
  const say = useText();
  const word = useWord();
  const queries = useQueryClient();
  const [name, setName] = useState(endpoint?.name ?? '');
  const [url, setUrl] = useState(endpoint?.url ?? 'https://');
  const [chosen, setChosen] = useState<readonly string[]>(endpoint?.kinds ?? []);
  const save = useMutation({
    mutationFn: async () => {
      const body = { name: name.trim(), url: url.trim(), kinds: kinds.filter((kind) => chosen.includes(kind)) };
      if (endpoint !== null) await webhookApi.change(shop, endpoint.id, body);
      else onMade((await webhookApi.create(shop, body)).secrets);
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['shop', shop, 'webhooks'] });
      onClose();
    },
  });
  const refused =
    save.error instanceof ApiError && save.error.status === 400 ? word('outbound', save.error.code) : null;
  return (
    <Dialog
      onClose={onClose}
      title={say(endpoint === null ? 'webhooks.add' : 'webhooks.edit')}
      lockScroll={false}
      size="lg"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={say('webhooks.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={100}
            data-autofocus
            data-testid="webhook-name"
          />
          <TextInput
            label={say('webhooks.url')}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            required
            maxLength={2000}
            inputMode="url"
            error={refused}
            data-testid="webhook-url"
          />
          <Checkbox.Group label={say('webhooks.kinds')} value={[...chosen]} onChange={setChosen} required>
            <SimpleGrid cols={{ base: 1, xs: 2 }} mt="xs" spacing="xs">
              {kinds.map((kind) => (
                <Checkbox
                  key={kind}
                  value={kind}
                  label={word('webhooks.kind', kind)}
                  data-testid={`webhook-kind-${kind}`}
                />
              ))}
            </SimpleGrid>
          </Checkbox.Group>
          {save.isError && refused === null ? <Alert color="red">{errorText(say, save.error)}</Alert> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={name.trim() === '' || chosen.length === 0}
              data-testid="webhook-save"
            >
              {say('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
