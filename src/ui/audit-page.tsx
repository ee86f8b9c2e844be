import { useParams } from '@tanstack/react-router';
import { AuditLog } from './audit-log.tsx';
import { PageTitle } from './page-state.tsx';
import { memberApi } from './people-api.ts';
import { useText } from './text.ts';

/** Who changed, revealed, sent, exported or erased what in the shop. */
export function AuditPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  return (
    <>
      <PageTitle title={say('audit.title')} lead={say('audit.lead')} />
      <AuditLog name={['shop', shop, 'audit']} ask={(asked) => memberApi.audit(shop, asked)} shop={shop} />
    </>
  );
}
