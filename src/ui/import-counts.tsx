import { Badge, Group, Table, Text } from '@mantine/core';
import type { ImportCounts } from '#contract/imports.ts';
import { useFormat } from './format.ts';
import { tone } from './pieces.tsx';
import { useText, useWord } from './text.ts';

const results = [
  ['created', 'teal'],
  ['updated', 'indigo'],
  ['unchanged', 'gray'],
  ['refused', 'red'],
] as const;

/** How many lines ended how. */
export function CountLine({ counts, zone, testId }: { counts: ImportCounts; zone: string; testId?: string }) {
  const word = useWord();
  const format = useFormat(zone);
  return (
    <Group gap={6} data-testid={testId}>
      {results.map(([result, color]) =>
        counts[result] === 0 ? null : (
          <Badge key={result} {...tone(color)} tt="none" data-result={result}>
            {word('imports.result', result)} {format.number(counts[result])}
          </Badge>
        ),
      )}
    </Group>
  );
}

/** Why lines were refused, or taken in part. */
export function ReasonTable({ counts, zone }: { counts: ImportCounts; zone: string }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  if (counts.reasons.length === 0) return null;
  return (
    <Table withRowBorders={false} verticalSpacing={4} data-testid="import-reasons">
      <Table.Tbody>
        {counts.reasons.map(({ reason, refused, n }) => (
          <Table.Tr key={`${reason} ${refused}`}>
            <Table.Td ta="right" w={90}>
              {format.number(n)}
            </Table.Td>
            <Table.Td>
              {word('reason', reason)}
              {refused ? null : (
                <Text span size="xs" c="dimmed">
                  {` (${say('imports.reasonLess')})`}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
