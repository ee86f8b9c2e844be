/** The picture of a day chart: a column a day, stacked by series, a scale, and a word on the day under the pointer. */
import { useState } from 'react';
import type { DayValues, Series } from './day-chart.tsx';

interface Props {
  readonly series: readonly Series[];
  readonly days: readonly DayValues[];
  readonly showDay: (day: string) => string;
  readonly showValue: (value: number) => string;
}

const width = 0.72;
const widest = 36;
const labels = 6;

export function DayColumns({ series, days, showDay, showValue }: Props) {
  const [over, setOver] = useState<number | null>(null);
  const top = Math.max(1, ...days.map(({ values }) => sumOf(values, series)));
  const step = stepOf(top);
  const ceiling = Math.ceil(top / step) * step;
  const ticks = Array.from({ length: Math.round(ceiling / step) + 1 }, (_, place) => place * step);
  const every = Math.max(1, Math.ceil(days.length / labels));
  const hovered = over === null ? undefined : days[over];
  return (
    <div className="chart" aria-hidden="true">
      <div className="chart-scale">
        {ticks.map((tick) => (
          <span key={tick} style={{ bottom: `${(tick / ceiling) * 100}%` }}>
            {showValue(tick)}
          </span>
        ))}
        {/* As wide as the widest: the places above are out of the flow. */}
        <b>{showValue(ceiling)}</b>
      </div>
      <div className="chart-plot" onPointerLeave={() => setOver(null)}>
        {ticks.map((tick) => (
          <hr key={tick} style={{ bottom: `${(tick / ceiling) * 100}%` }} />
        ))}
        {days.map(({ day, values }, place) => (
          <div
            key={day}
            className="chart-day"
            data-over={place === over || undefined}
            onPointerEnter={() => setOver(place)}
            data-testid="chart-day"
          >
            <div style={{ width: `min(${width * 100}%, ${widest}px)` }}>
              {series.map(({ key, color }) => (
                <i key={key} style={{ background: color, height: `${((values[key] ?? 0) / ceiling) * 100}%` }} />
              ))}
            </div>
            {place % every === 0 ? <small>{showDay(day)}</small> : null}
          </div>
        ))}
        {hovered === undefined || over === null ? null : (
          <p className="chart-word" data-side={over * 2 > days.length ? 'left' : 'right'} data-testid="chart-word">
            <strong>{showDay(hovered.day)}</strong>
            {series.map(({ key, label, color }) => (
              <span key={key}>
                <i style={{ background: color }} />
                {label} {showValue(hovered.values[key] ?? 0)}
              </span>
            ))}
          </p>
        )}
      </div>
    </div>
  );
}

function sumOf(values: DayValues['values'], series: readonly Series[]): number {
  return series.reduce((sum, { key }) => sum + Math.max(0, values[key] ?? 0), 0);
}

/** 1, 2 or 5 times a power of ten: three to five steps to the top, whole numbers only. */
function stepOf(top: number): number {
  const power = 10 ** Math.floor(Math.log10(top / 4));
  const found = [1, 2, 5, 10].map((factor) => factor * power).find((step) => top / step <= 5) ?? 10 * power;
  return Math.max(1, found);
}
