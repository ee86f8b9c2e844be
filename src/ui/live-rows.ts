import { useEffect, useState } from 'react';
import type { VerificationRow } from '#contract/verification.ts';
import { ApiError } from './api.ts';

export interface LiveRows {
  /** Newest first. */
  readonly rows: readonly VerificationRow[];
  /** Arrived during the pause. */
  readonly waiting: number;
  readonly state: 'connecting' | 'open' | 'failed';
  readonly error: unknown;
  readonly retry: () => void;
}

const kept = 300;

/** The shop's stream; the browser opens it again by itself when it breaks. A pause holds rows back, it loses none. */
export function useLiveRows(shop: number, paused: boolean): LiveRows {
  const [all, setAll] = useState<readonly VerificationRow[]>([]);
  const [held, setHeld] = useState<readonly VerificationRow[] | null>(null);
  const [state, setState] = useState<LiveRows['state']>('connecting');
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const stream = new EventSource(`/api/shops/${shop}/live`);
    setState('connecting');
    stream.addEventListener('open', () => setState('open'));
    stream.addEventListener('rows', (event) => {
      const fresh: VerificationRow[] = JSON.parse(event.data);
      setAll((known) => merge(fresh, known));
    });
    stream.onerror = () => setState(stream.readyState === EventSource.CLOSED ? 'failed' : 'connecting');
    return () => stream.close();
  }, [shop, attempt]);

  useEffect(() => {
    setHeld((before) => (paused ? (before ?? all) : null));
  }, [paused, all]);

  const rows = held ?? all;
  return {
    rows,
    waiting: held === null ? 0 : all.filter((row) => !held.some((one) => one.seq === row.seq)).length,
    state,
    error: new ApiError(0, 'network'),
    retry: () => setAttempt(attempt + 1),
  };
}

function merge(fresh: readonly VerificationRow[], known: readonly VerificationRow[]): VerificationRow[] {
  const seen = new Set(fresh.map((row) => row.seq));
  return [...fresh, ...known.filter((row) => !seen.has(row.seq))].sort(newestFirst).slice(0, kept);
}

function newestFirst(a: VerificationRow, b: VerificationRow): number {
  if (a.receivedAt !== b.receivedAt) return b.receivedAt - a.receivedAt;
  return a.seq.length === b.seq.length ? (a.seq < b.seq ? 1 : -1) : b.seq.length - a.seq.length;
}
