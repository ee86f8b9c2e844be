/** Streams of what a shop sends, to whoever may watch, for as long as they may. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { livePerSecond, liveRows, type VerificationRow } from '#contract/verification.ts';
import type { ShopId } from '#domain/ids.ts';
import type { AppliedFeed } from '#views/applied-feed.ts';
import { countBetween } from '#views/journal-list.ts';
import { type JournalPlace, listNewestMarks, presentRows, type RowMark } from '#views/verification.ts';
import { faultOf } from '../errors.ts';
import type { Desk, DeskApp } from './desk.ts';

/** A stream ends after this and the browser opens it again. */
const streamMs = 10 * 60_000;
const heartbeatMs = 20_000;
/** Longest that a stream outlives its watcher's right to it. */
const rightMs = 3_000;
/** Batches closer together than this are shown together. */
const pauseMs = 50;

export interface Watcher {
  readonly shop: ShopId;
  /** A row as the watcher may see it. */
  readonly show: (row: VerificationRow) => VerificationRow;
  /** Asked before anything is sent, and every few seconds: false ends the stream. */
  readonly stillMay: () => Promise<boolean>;
}

export interface LiveStreams {
  /** Takes the connection over; it goes on after the place the browser names. */
  open(request: FastifyRequest, reply: FastifyReply, watcher: Watcher): void;
}

/** All end when the server closes. */
export function openStreams(app: DeskApp, desk: Desk, feed: AppliedFeed): LiveStreams {
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const end of [...open]) end();
  });
  return {
    open(request, reply, watcher) {
      reply.hijack();
      const since = placeOf(request.headers['last-event-id']);
      const end = stream(desk, feed, watcher, since, reply, () => open.delete(end));
      open.add(end);
    },
  };
}

/** As the `id` of an event names it: `<arrival>-<seq>`. */
function placeOf(id: string | string[] | undefined): JournalPlace | null {
  const match = /^(\d{1,16})-(\d{1,18})$/.exec(typeof id === 'string' ? id : '');
  return match?.[1] === undefined || match[2] === undefined ? null : { at: Number(match[1]), seq: match[2] };
}

/**
 * Server-sent events: `rows` with journal rows not sent before or changed since, newest first; `skipped` with how many were left out
 * because more came than a person can follow, or while the connection was lost. After each batch the newest rows are read again, so
 * nothing is missed whatever the order of commits. Each event names the newest place: a browser that comes back goes on from there.
 */
function stream(
  desk: Desk,
  feed: AppliedFeed,
  { shop, show, stillMay }: Watcher,
  since: JournalPlace | null,
  reply: FastifyReply,
  onEnd: () => void,
): () => void {
  const answer = reply.raw;
  let sent = new Map<string, string>();
  let newest = since;
  /** Rows that may be sent now: a full screen at first, then as many as a person can follow. */
  let allowance = liveRows;
  let allowedAt = performance.now();
  let busy = false;
  let again = false;
  let ended = false;

  // The answer's headers were collected before the hijack: set-cookie of a renewed session among them.
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) answer.setHeader(name, value);
  answer.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    connection: 'keep-alive',
  });
  answer.write('retry: 2000\n\n');

  async function look(): Promise<void> {
    if (busy || ended) {
      again = true;
      return;
    }
    busy = true;
    try {
      do {
        again = false;
        const rows = await listNewestMarks(desk.db, shop, liveRows);
        const fresh = rows.filter((row) => sent.get(row.seq) !== `${row.outcome} ${row.reasons}`);
        sent = new Map(rows.map((row) => [row.seq, `${row.outcome} ${row.reasons}`]));
        if (ended) return;
        if (fresh.length > 0) await tell(rows, fresh);
        else if (!(await stillMay())) return refuse();
        if (again) await new Promise((resolve) => setTimeout(resolve, pauseMs));
      } while (again && !ended);
    } catch (error) {
      desk.log.warn({ event: 'live.look', ...faultOf(error) });
      end();
    } finally {
      busy = false;
    }
  }

  async function tell(rows: readonly RowMark[], fresh: readonly RowMark[]): Promise<void> {
    const [first] = rows;
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return;
    allowance = Math.min(liveRows, allowance + ((performance.now() - allowedAt) / 1000) * livePerSecond);
    allowedAt = performance.now();
    const shown = fresh.slice(0, Math.max(1, Math.floor(allowance)));
    allowance -= shown.length;
    // between what was the newest and the oldest of now lies what no look has seen
    const gap = newest === null ? 0 : await countBetween(desk.db, shop, newest, last);
    const skipped = gap + fresh.length - shown.length;
    const seen = await presentRows(desk.db, shop, shown);
    newest = { at: first.at, seq: first.seq };
    // Last, so that nothing goes out that was allowed a moment ago.
    if (!(await stillMay())) return refuse();
    if (ended) return;
    const id = `id: ${newest.at}-${newest.seq}\n`;
    answer.write(`${id}event: rows\ndata: ${JSON.stringify(seen.map(show))}\n\n`);
    if (skipped > 0) answer.write(`event: skipped\ndata: ${skipped}\n\n`);
  }

  /** So that the screen looks at once who it still is. */
  function refuse(): void {
    if (!ended) answer.write('event: over\ndata: {}\n\n');
    end();
  }

  async function check(): Promise<void> {
    try {
      if (!(await stillMay())) refuse();
    } catch (error) {
      desk.log.warn({ event: 'live.right', ...faultOf(error) });
      end();
    }
  }

  function end(): void {
    if (ended) return;
    ended = true;
    clearInterval(heartbeat);
    clearInterval(rights);
    clearTimeout(timer);
    unwatch();
    onEnd();
    answer.end();
  }

  const heartbeat = setInterval(() => {
    answer.write(': still here\n\n');
    // A wake that was lost with its connection costs no more than this.
    void look();
  }, heartbeatMs);
  const rights = setInterval(() => void check(), rightMs);
  const timer = setTimeout(end, streamMs);
  const unwatch = feed.watch(shop, () => void look());
  answer.on('close', end);
  answer.on('error', end);
  answer.write('event: open\ndata: {}\n\n');
  void look();
  return end;
}
