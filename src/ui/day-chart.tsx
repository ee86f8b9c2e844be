/** Columns by day, stacked by series, with the same figures as a table for who would rather read. */
import { Paper, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { DayColumns } from './day-columns.tsx';
import { useText } from './text.ts';

export interface Series {
  readonly key: string;
  readonly label: string;
  readonly color: string;
}

/** A day's value by the key of each series. */
export interface DayValues {
  readonly day: string;
  readonly values: Readonly<Record<string, number>>;
}

interface Props {
  readonly id: string;
  readonly title: string;
  /** A sentence on what is counted. */
  readonly help: string;
  readonly series: readonly Series[];
  readonly days: readonly DayValues[];
  readonly showDay: (day: string) => string;
  readonly showValue: (value: number) => string;
  readonly link?: ReactNode;
}

export function DayChart({ id, title, help, series, days, showDay, showValue, link }: Props) {
  const say = useText();
  const totals = series.map(({ key }) => days.reduce((sum, { values }) => sum + (values[key] ?? 0), 0));
  const empty = totals.every((total) => total === 0);
  return (
    <Paper component="section" withBorder p={{ base: 'md', sm: 'lg' }} aria-labelledby={`${id}-title`} data-testid={id}>
      <div className="chart-head">
        <Title order={2} size="h5" id={`${id}-title`} title={help}>
          {title}
        </Title>
        {link}
      </div>
      <Text c="dimmed" size="xs" mt={2}>
        {help}
      </Text>
      {empty ? (
        <Text c="dimmed" size="sm" mt="md">
          {say('overview.none')}
        </Text>
      ) : (
        <>
          <p className="chart-totals">
            {series.map(({ key, label, color }, place) => (
              <span key={key} data-testid={`${id}-total`} data-series={key}>
                <i style={{ background: color }} />
                {label} <strong>{showValue(totals[place] ?? 0)}</strong>
              </span>
            ))}
          </p>
          <DayColumns series={series} days={days} showDay={showDay} showValue={showValue} />
          <details className="chart-figures">
            <summary>{say('overview.figures')}</summary>
            <Figures series={series} days={days} showDay={showDay} showValue={showValue} />
          </details>
        </>
      )}
    </Paper>
  );
}

function Figures({ series, days, showDay, showValue }: Pick<Props, 'series' | 'days' | 'showDay' | 'showValue'>) {
  const say = useText();
  const told = days.filter(({ values }) => series.some(({ key }) => (values[key] ?? 0) !== 0));
  return (
    <Table fz="xs" verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say('overview.day')}</Table.Th>
          {series.map(({ key, label }) => (
            <Table.Th key={key} ta="right">
              {label}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {told.map(({ day, values }) => (
          <Table.Tr key={day}>
            <Table.Td>{showDay(day)}</Table.Td>
            {series.map(({ key }) => (
              <Table.Td key={key} ta="right">
                {showValue(values[key] ?? 0)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
