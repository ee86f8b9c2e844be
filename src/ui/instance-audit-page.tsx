import { Text } from '@mantine/core';
import { AuditLog } from './audit-log.tsx';
import { instanceApi } from './instance-api.ts';
import { InstanceHead } from './instance-nav.tsx';
import { useText } from './text.ts';

/** What was done to the installation and to accounts. */
export function InstanceAuditPage() {
  const say = useText();
  return (
    <>
      <InstanceHead />
      <Text mb="md">{say('instance.auditLead')}</Text>
      <AuditLog name={['instance', 'audit']} ask={instanceApi.audit} shop={null} />
    </>
  );
}
