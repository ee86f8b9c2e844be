import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from './api.ts';
import { Section } from './pieces.tsx';
import { useSettled } from './settled-notice.ts';
import { useText } from './text.ts';

/** Makes every visitor of the shop anonymous again: asked twice, it cannot be undone. */
export function VisitorTokensSection({ shop }: { shop: number }) {
  const say = useText();
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  const revoke = useSettled(shop, () => api.revokeTokens(shop));
  return (
    <Section id="tokens" title={say('settings.tokens')} help={say('settings.tokensHelp')}>
      <Button color="red" variant="outline" onClick={() => setAsking(true)} data-testid="revoke-tokens">
        {say('settings.tokensRevoke')}
      </Button>
      <Modal
        opened={asking}
        onClose={close}
        title={say('settings.tokensRevoke')}
        closeButtonProps={{ 'aria-label': say('common.close') }}
      >
        <Stack>
          <Text size="sm">{say('settings.tokensEffect')}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {say('common.cancel')}
            </Button>
            <Button
              color="red"
              loading={revoke.isPending}
              onClick={() => revoke.mutate(undefined, { onSettled: close })}
              data-testid="revoke-tokens-confirm"
            >
              {say('settings.tokensConfirm')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Section>
  );
}
