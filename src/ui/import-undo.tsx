import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { ImportPage } from '#contract/imports.ts';
import { useFormat } from './format.ts';
import { importApi } from './import-api.ts';
import { errorText } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText } from './text.ts';

/** What an import did, taken back for a written reason; what went and stayed; and its file and report deleted by hand. */
export function ImportUndo({ shop, page, zone }: { shop: number; page: ImportPage; zone: string }) {
  const say = useText();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const format = useFormat(zone);
  const [reason, setReason] = useState('');
  const failed = (error: unknown) => notifications.show({ color: 'red', message: errorText(say, error) });
  const undo = useMutation({
    mutationFn: () => importApi.undo(shop, page.id, reason.trim()),
    onSuccess: (next) => queries.setQueryData(['shop', shop, 'import', page.id], next),
    onError: failed,
  });
  const remove = useMutation({
    mutationFn: () => importApi.remove(shop, page.id),
    onSuccess: () => navigate({ to: '/shops/$shopId/imports', params: { shopId: String(shop) } }),
    onError: failed,
  });
  const over = ['done', 'stopped', 'failed', 'undone', 'ready', 'uploading'].includes(page.state);
  const { undone } = page;
  return (
    <>
      {undone === null ? null : (
        <Section
          id="undone"
          title={say('imports.undone')}
          help={say('imports.undoneReason', { reason: undone.reason })}
        >
          <Text size="sm" data-testid="import-undone">
            {say('imports.undoneCounts', {
              profiles: format.number(undone.profiles),
              orders: format.number(undone.orders),
              keptProfiles: format.number(undone.keptProfiles),
              keptOrders: format.number(undone.keptOrders),
              bases: format.number(undone.bases),
            })}
          </Text>
        </Section>
      )}
      {page.canUndo ? (
        <Section id="undo" title={say('imports.undo')} help={say('imports.undoHelp')}>
          <Stack gap="sm">
            <TextInput
              label={say('imports.undoReason')}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              maxLength={1000}
              required
              data-testid="import-undo-reason"
            />
            <Group>
              <Button
                color="red"
                variant="light"
                disabled={reason.trim() === ''}
                loading={undo.isPending}
                onClick={() => undo.mutate()}
                data-testid="import-undo"
              >
                {say('imports.undo')}
              </Button>
            </Group>
          </Stack>
        </Section>
      ) : null}
      {over ? (
        <Group>
          <Button
            variant="subtle"
            color="red"
            loading={remove.isPending}
            onClick={() => remove.mutate()}
            data-testid="import-delete"
          >
            {say(page.hasReport ? 'imports.delete' : 'imports.deleteFile')}
          </Button>
        </Group>
      ) : null}
    </>
  );
}
