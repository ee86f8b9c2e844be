import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, useShopQuery } from './api.ts';
import { errorText, Loading, PageError } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText } from './text.ts';

/** Whom the old PrestaShop module signs in; each may allow it for themselves. */
export function ModuleSection({ shop }: { shop: number }) {
  const say = useText();
  const queries = useQueryClient();
  const state = useShopQuery(['module-sign-in'], shop, api.moduleSignIn);
  const change = useMutation({
    mutationFn: (allowed: boolean) => api.allowModuleSignIn(shop, allowed),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['shop', shop, 'module-sign-in'] }),
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  return (
    <Section id="module" title={say('module.title')} help={say('module.help')}>
      {state.isPending ? <Loading /> : null}
      {state.isError ? <PageError error={state.error} onRetry={() => void state.refetch()} /> : null}
      {state.isSuccess ? (
        <Group justify="space-between" gap="md">
          <Text size="sm" data-testid="module-state">
            {state.data.name === null
              ? say('module.nobody')
              : say(state.data.mine ? 'module.mine' : 'module.other', { name: state.data.name })}
          </Text>
          <Group gap="sm">
            {state.data.mine ? null : (
              <Button
                variant="default"
                loading={change.isPending}
                onClick={() => change.mutate(true)}
                data-testid="module-allow"
              >
                {say('module.allow')}
              </Button>
            )}
            {state.data.name === null ? null : (
              <Button
                variant="default"
                loading={change.isPending}
                onClick={() => change.mutate(false)}
                data-testid="module-refuse"
              >
                {say('module.refuse')}
              </Button>
            )}
          </Group>
        </Group>
      ) : null}
    </Section>
  );
}
