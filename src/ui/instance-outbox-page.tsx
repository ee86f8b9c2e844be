import { Text } from '@mantine/core';
import { InstanceHead } from './instance-nav.tsx';
import { Outbox } from './outbox.tsx';
import { useText } from './text.ts';

/** Mails of no shop: forgotten passwords, changes of accounts. */
export function InstanceOutboxPage() {
  const say = useText();
  return (
    <>
      <InstanceHead />
      <Text c="dimmed" mb="md">
        {say('instance.outboxLead')}
      </Text>
      <Outbox path="/api/instance/outbox" />
    </>
  );
}
