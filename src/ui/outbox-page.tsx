import { useParams } from '@tanstack/react-router';
import { Outbox } from './outbox.tsx';
import { PageTitle } from './page-state.tsx';
import { useText } from './text.ts';

/** The shop's mails. */
export function OutboxPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  return (
    <>
      <PageTitle title={say('outbox.title')} lead={say('outbox.lead')} />
      <Outbox path={`/api/shops/${shop}/outbox`} />
    </>
  );
}
