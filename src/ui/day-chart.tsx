/** Columns by day, stacked by series, with the same figures as a table for who would rather read. */
import { Paper, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
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
  const rows = days.map(({ day, values }) => ({ day, ...values }));
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
          <div className="chart" aria-hidden="true">
            <ResponsiveContainer width="100%" height={200}>
              <BarChart data={rows} margin={{ top: 8, right: 0, left: 0, bottom: 0 }} accessibilityLayer={false}>
                <CartesianGrid vertical={false} stroke="var(--line)" />
                <XAxis
                  dataKey="day"
                  tickFormatter={showDay}
                  tickLine={false}
                  axisLine={false}
                  minTickGap={28}
                  fontSize={12}
                  stroke="var(--mantine-color-dimmed)"
                />
                <YAxis
                  tickFormatter={showValue}
                  tickLine={false}
                  axisLine={false}
                  width="auto"
                  fontSize={12}
                  stroke="var(--mantine-color-dimmed)"
                  allowDecimals={false}
                />
                <Tooltip
                  labelFormatter={(day) => showDay(String(day))}
                  formatter={(value) => showValue(Number(value))}
                  cursor={{ fill: 'var(--soft)' }}
                  contentStyle={{
                    background: 'var(--mantine-color-body)',
                    border: '1px solid var(--line)',
                    borderRadius: 8,
                  }}
                  isAnimationActive={false}
                />
                {series.map(({ key, label, color }) => (
                  <Bar
                    key={key}
                    dataKey={key}
                    name={label}
                    stackId="day"
                    fill={color}
                    isAnimationActive={false}
                    maxBarSize={36}
                  />
                ))}
              </BarChart>
            </ResponsiveContainer>
          </div>
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
