import { VisuallyHidden } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { VerificationRow } from '#contract/verification.ts';
import { useText, useWord } from './text.ts';

/** Between two sentences, so that they can be listened to. */
const everyMs = 5_000;

/** Says to who cannot see the list what arrived in it: how much, and the last of it. */
export function LiveNews({ rows }: { rows: readonly VerificationRow[] }) {
  const say = useText();
  const word = useWord();
  const latest = useRef(rows);
  const [news, setNews] = useState<{ readonly count: number; readonly last: VerificationRow } | null>(null);
  useEffect(() => {
    latest.current = rows;
  }, [rows]);
  useEffect(() => {
    let known = new Set<string>();
    const timer = setInterval(() => {
      const fresh = latest.current.filter(({ seq }) => !known.has(seq));
      const [last] = fresh;
      if (last === undefined) return;
      known = new Set(latest.current.map(({ seq }) => seq));
      setNews({ count: fresh.length, last });
    }, everyMs);
    return () => clearInterval(timer);
  }, []);
  const what = (row: VerificationRow) =>
    row.order === null ? word('kind', row.kind ?? 'call') : say('verification.order', { key: row.order.key });
  return (
    <VisuallyHidden role="status" data-testid="live-news">
      {news === null
        ? null
        : say('verification.news', {
            count: news.count,
            last: `${what(news.last)}, ${word('outcome', news.last.outcome)}`,
          })}
    </VisuallyHidden>
  );
}
