import { Alert, Button, Group } from '@mantine/core';
import type { FormEvent } from 'react';
import type { RetentionRow, RetentionRows } from '#contract/retention.ts';
import { RetentionPeriod } from './retention-period.tsx';
import { useText } from './text.ts';

/** Days by what is kept, where someone changed them; null: for ever. */
export type ChangedDays = { readonly [Kind in RetentionRow['kind']]?: number | null };

/** The periods of a page, what would go with those changed, and the button that keeps them. */
export function RetentionForm(props: {
  page: RetentionRows;
  changed: ChangedDays;
  /** What would go tonight; absent until it is known. */
  preview: RetentionRows | undefined;
  /** The changed periods are none that can be kept. */
  invalid: boolean;
  saving: boolean;
  onChange: (changed: ChangedDays) => void;
  onSave: () => void;
}) {
  const say = useText();
  const { page, changed, preview, invalid } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onSave();
  };
  const rows = preview?.rows ?? page.rows;
  return (
    <form onSubmit={submit}>
      {page.rows.map((row) => (
        <RetentionPeriod
          key={row.kind}
          row={row}
          due={rows.find(({ kind }) => kind === row.kind)?.due ?? row.due}
          most={page.countedUpTo}
          days={row.kind in changed ? (changed[row.kind] ?? null) : row.days}
          onChange={(days) => props.onChange({ ...changed, [row.kind]: days })}
        />
      ))}
      {invalid ? (
        <Alert color="red" role="alert" mt="sm">
          {say('retention.invalid')}
        </Alert>
      ) : null}
      <Group mt="md">
        <Button
          type="submit"
          disabled={Object.keys(changed).length === 0 || invalid}
          loading={props.saving}
          data-testid="retention-save"
        >
          {say('common.save')}
        </Button>
      </Group>
    </form>
  );
}
