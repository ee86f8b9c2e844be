import { Alert, Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { InstanceRetentionBody, RetentionRow, RetentionRows } from '#contract/retention.ts';
import { instanceApi } from './instance-api.ts';
import { InstanceHead } from './instance-nav.tsx';
import { Loading, PageError } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { RetentionPeriod } from './retention-period.tsx';
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
  const [changed, setChanged] = useState<{ readonly [Kind in RetentionRow['kind']]?: number | null }>({});
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
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  const rows = (asked ? preview.data : undefined)?.rows ?? page.rows;
  return (
    <Section id="retention" title={say('instance.retention')} help={say('instance.retentionHelp')}>
      <form onSubmit={submit}>
        {page.rows.map((row) => (
          <RetentionPeriod
            key={row.kind}
            row={row}
            due={rows.find(({ kind }) => kind === row.kind)?.due ?? row.due}
            most={page.countedUpTo}
            days={row.kind in changed ? (changed[row.kind] ?? null) : row.days}
            onChange={(days) => setChanged((before) => ({ ...before, [row.kind]: days }))}
          />
        ))}
        {preview.isError ? (
          <Alert color="red" role="alert" mt="sm">
            {say('retention.invalid')}
          </Alert>
        ) : null}
        <Group mt="md">
          <Button
            type="submit"
            disabled={!asked || preview.isError}
            loading={save.isPending}
            data-testid="retention-save"
          >
            {say('common.save')}
          </Button>
        </Group>
      </form>
    </Section>
  );
}
