import { Table, Text } from '@mantine/core';
import type { ImportList, ImportPage } from '#contract/imports.ts';
import { useColumnName } from './import-columns.tsx';
import { Section } from './pieces.tsx';
import { useText, useWord } from './text.ts';

/** The file's first lines as they would be understood, errors in place. */
export function ImportPreview({ page, list }: { page: ImportPage; list: ImportList }) {
  const say = useText();
  const word = useWord();
  const name = useColumnName(list);
  const columns = (page.setup?.columns ?? []).filter((column) => column !== null);
  if (page.preview.length === 0) return null;
  return (
    <Section id="preview" title={say('imports.preview')}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="import-preview" tabIndex={0} aria-label={say('imports.preview')}>
        <Table verticalSpacing={4} data-testid="import-preview">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{say('imports.report.line')}</Table.Th>
              {columns.map((column) => (
                <Table.Th key={column}>{name(column)}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {page.preview.map(({ line, values, refused, notes }) => (
              <Table.Tr key={line} data-testid="import-preview-line" data-refused={refused === null ? undefined : ''}>
                <Table.Td>
                  {line}
                  {refused === null ? null : (
                    <Text size="xs" c="red">
                      {say('imports.previewRefused', { why: word('reason', refused.reason) })}
                    </Text>
                  )}
                </Table.Td>
                {columns.map((column) => {
                  const note = notes.find((one) => one.column === column);
                  const wrong = refused?.column === column || note !== undefined;
                  return (
                    <Table.Td
                      key={column}
                      c={wrong ? 'red' : undefined}
                      title={note === undefined ? undefined : word('reason', note.reason)}
                    >
                      {values.find((value) => value.column === column)?.value ?? ''}
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </Section>
  );
}
