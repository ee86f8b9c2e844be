import { useEffect, useState } from 'react';
import type { VerificationRow } from '#contract/verification.ts';
import { ApiError } from './api.ts';

export interface LiveRows {
  /** Newest first. */
  readonly rows: readonly VerificationRow[];
  /** Arrived during the pause. */
  readonly waiting: number;
  /** Lines that came and are not in `rows`: more arrive than a person can read. */
  readonly skipped: number;
  readonly state: 'connecting' | 'open' | 'failed';
  readonly error: unknown;
  readonly retry: () => void;
}

const kept = 300;
/** Lines drawn at once: a burst never holds the page up. */
const atOnce = 20;
const betweenMs = 16;

/** A stream of what a shop sends; the browser opens it again by itself where it broke. A pause holds rows back, it loses none. */
export function useLiveRows(url: string, paused: boolean): LiveRows {
  const [all, setAll] = useState<readonly VerificationRow[]>([]);
  const [held, setHeld] = useState<readonly VerificationRow[] | null>(null);
  const [skipped, setSkipped] = useState(0);
  const [state, setState] = useState<LiveRows['state']>('connecting');
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const stream = new EventSource(url);
    let queue: VerificationRow[] = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    const draw = () => {
      timer = null;
      const part = queue.splice(0, atOnce);
      setAll((known) => merge(part, known));
      if (queue.length > 0) timer = setTimeout(draw, betweenMs);
    };
    setState('connecting');
    stream.addEventListener('open', () => setState('open'));
    stream.addEventListener('rows', (event) => {
      const fresh: VerificationRow[] = JSON.parse(event.data);
      queue.push(...fresh);
      // A window nobody looks at draws seldom: what would not be kept need not wait.
      if (queue.length > kept) {
        const over = queue.length - kept;
        queue = queue.slice(over);
        setSkipped((before) => before + over);
      }
      timer ??= setTimeout(draw, 0);
    });
    stream.addEventListener('skipped', (event) => setSkipped((before) => before + Number(event.data)));
    stream.addEventListener('over', () => {
      stream.close();
      setState('failed');
    });
    stream.onerror = () => setState(stream.readyState === EventSource.CLOSED ? 'failed' : 'connecting');
    return () => {
      stream.close();
      if (timer !== null) clearTimeout(timer);
    };
  }, [url, attempt]);

  useEffect(() => {
    setHeld((before) => (paused ? (before ?? all) : null));
  }, [paused, all]);

  return {
    rows: held ?? all,
    waiting: held === null ? 0 : countNew(all, held),
    skipped,
    state,
    error: new ApiError(0, 'network'),
    retry: () => setAttempt(attempt + 1),
  };
}

function countNew(all: readonly VerificationRow[], held: readonly VerificationRow[]): number {
  const known = new Set(held.map((row) => row.seq));
  return all.filter((row) => !known.has(row.seq)).length;
}

/** Each line once, the fresh ones before what was known of them, newest first. */
export function merge(fresh: readonly VerificationRow[], known: readonly VerificationRow[]): VerificationRow[] {
  return mergeAll(fresh, known).slice(0, kept);
}

export function mergeAll(fresh: readonly VerificationRow[], known: readonly VerificationRow[]): VerificationRow[] {
  const seen = new Set(fresh.map((row) => row.seq));
  return [...fresh, ...known.filter((row) => !seen.has(row.seq))].sort(newestFirst);
}

function newestFirst(a: VerificationRow, b: VerificationRow): number {
  if (a.receivedAt !== b.receivedAt) return b.receivedAt - a.receivedAt;
  return a.seq.length === b.seq.length ? (a.seq < b.seq ? 1 : -1) : b.seq.length - a.seq.length;
}
