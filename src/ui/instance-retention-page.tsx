import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstanceRetentionBody, RetentionRows } from '#contract/retention.ts';
import { instanceApi } from './instance-api.ts';
import { InstanceHead } from './instance-nav.tsx';
import { Loading, PageError } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { type ChangedDays, RetentionForm } from './retention-form.tsx';
import { useText } from './text.ts';
import { useAct } from './use-act.ts';

const name = ['instance', 'retention'];

/** What the whole installation keeps, and for how long; what goes tonight, what went last. */
export function InstanceRetentionPage() {
  const page = useQuery({ queryKey: name, queryFn: instanceApi.retention });
  return (
    <>
      <InstanceHead />
      {page.isPending ? <Loading /> : null}
      {page.isError ? <PageError error={page.error} onRetry={() => void page.refetch()} /> : null}
      {page.data === undefined ? null : <Periods page={page.data} />}
    </>
  );
}

function Periods({ page }: { page: RetentionRows }) {
  const say = useText();
  const [changed, setChanged] = useState<ChangedDays>({});
  const asked = Object.keys(changed).length > 0;
  const preview = useQuery({
    queryKey: [...name, 'preview', changed],
    queryFn: () => instanceApi.previewRetention(changed as InstanceRetentionBody),
    enabled: asked,
  });
  const save = useAct(() => instanceApi.saveRetention(changed as InstanceRetentionBody), {
    told: () => say('common.saved'),
    touches: name,
    onDone: () => setChanged({}),
  });
  return (
    <Section id="retention" title={say('instance.retention')} help={say('instance.retentionHelp')}>
      <RetentionForm
        page={page}
        changed={changed}
        preview={asked ? preview.data : undefined}
        invalid={preview.isError}
        saving={save.isPending}
        onChange={setChanged}
        onSave={() => save.mutate(undefined)}
      />
    </Section>
  );
}
