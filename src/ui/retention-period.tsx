import { Box, Group, NumberInput, Text } from '@mantine/core';
import type { RetentionRow } from '#contract/retention.ts';
import { useFormat } from './format.ts';
import { useText, useWord } from './text.ts';

/** One period: what it holds for, what it would take tonight, what went last; and its days, to be changed. */
export function RetentionPeriod({
  row,
  due,
  most,
  days,
  onChange,
}: {
  row: RetentionRow;
  due: number;
  most: number;
  days: number | null;
  onChange: (days: number | null) => void;
}) {
  const say = useText();
  const word = useWord();
  const format = useFormat('UTC');
  const [least = 1, longest = 7305] = row.limits;
  const endless = row.kind === 'inactiveDays' || row.kind === 'refusalDays';
  return (
    <Group
      className="basis-row"
      justify="space-between"
      align="flex-start"
      data-testid="retention-row"
      data-kind={row.kind}
      data-due={due}
    >
      <Box className="grow" miw={220}>
        <Text size="sm" fw={600}>
          {word('retention.kind', row.kind)}
        </Text>
        <Text size="xs" c="dimmed">
          {word('retention.about', row.kind)}
        </Text>
        <Text size="xs" mt={4}>
          {due === 0
            ? say('retention.dueNone')
            : say(due >= most ? 'retention.dueMany' : 'retention.due', { count: due })}
          {' · '}
          {row.ranAt === null
            ? say('retention.never')
            : say('retention.ran', { date: format.dateTime(row.ranAt), gone: row.gone, ever: row.goneEver })}
        </Text>
      </Box>
      <NumberInput
        aria-label={word('retention.kind', row.kind)}
        value={days ?? ''}
        min={least}
        max={longest}
        placeholder={endless ? say('retention.endless') : ''}
        suffix={` ${say('retention.unit')}`}
        onChange={(value) => onChange(typeof value === 'number' ? value : null)}
        w={150}
        data-testid="retention-days"
      />
    </Group>
  );
}
