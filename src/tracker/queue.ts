/** What must not be lost: kept in the browser until the collector has it, sent once by all tabs together, tried again when it could not be. */
import { attempt, type Tell, whenIdle } from './page.ts';

export interface Item {
  readonly id: string;
  readonly type: string;
  /** Milliseconds, by this browser's clock. */
  readonly at: number;
  readonly data?: unknown;
}

export interface Queue {
  /** Keeps it, and sends it: at once, or, when it is light, when the page has done its own work. */
  add(item: Item): void;
  /** `now`: even where the collector asked to wait. */
  flush(now?: unknown): void;
  /** The page may go away at any moment: hands over what this page made and nobody carries yet. */
  leave(): void;
  clear(): void;
}

export interface Delivery {
  /** Most items of one call. */
  readonly most: number;
  /** Whether anything may leave at all. */
  may(): boolean;
  /** Resolves with the collector's answer; rejects when there is none. */
  send(items: readonly Item[]): Promise<Response>;
  /** Gives them to the browser, to be sent after the page is gone. */
  handOver(items: readonly Item[]): void;
}

/** The least valuable first: what a full queue lets go of. */
const worth = 'page product cart identify consent newsletter signup order';
const kept = 100;
/** Characters of a call: below what a browser carries for a page that is gone, and what the collector takes. */
const roomOfCall = 20_000;
const month = 2_592_000_000;

/** Nobody's, and no harm if one is lost: such events wait in memory for a quiet moment. */
export function isLight(type: string): boolean {
  return type === 'page' || type === 'product';
}

export function openQueue(prefix: string, delivery: Delivery, tell: Tell): Queue {
  /** Light, or where storage is blocked or full. */
  const loose: Record<string, Item> = {};
  /** Made by this page. */
  const mine: Record<string, 1> = {};
  let flying: Record<string, 1> = {};
  let busy = false;
  let again = false;
  let soon = false;
  /** The collector asked to wait. */
  let asked = false;
  let tries = 0;
  let timer: number | undefined;

  /** One entry an item: tabs that write at the same time lose nothing of each other. */
  const read = (): Item[] => {
    const items = Object.values(loose);
    attempt(() => {
      for (const key of Object.keys(localStorage)) {
        if (key.indexOf(prefix) === 0) attempt(() => items.push(JSON.parse(localStorage[key])));
      }
    });
    return items.sort((a, b) => worth.indexOf(b.type) - worth.indexOf(a.type) || a.at - b.at);
  };

  const remove = ({ id }: Item): void => {
    delete loose[id];
    attempt(() => delete localStorage[prefix + id]);
  };

  const drop = (item: Item): void => {
    remove(item);
    tell('dropped', [item]);
  };

  /** In the browser where that is possible; those forgotten meanwhile stay forgotten. */
  const keep = (items: readonly Item[]): void => {
    for (const item of items) {
      if (loose[item.id])
        attempt(() => {
          localStorage[prefix + item.id] = JSON.stringify(item);
          delete loose[item.id];
        });
    }
    read().slice(kept).forEach(drop);
  };

  const nextCall = (): Item[] => {
    let room = roomOfCall;
    const call: Item[] = [];
    for (const item of read()) {
      room -= JSON.stringify(item).length;
      if (Date.now() - item.at > month) drop(item);
      else if (call.length < delivery.most && (room > 0 || !call.length)) call.push(item);
    }
    return call;
  };

  const deliver = async (): Promise<void> => {
    for (;;) {
      const items = nextCall();
      if (!items.length || !delivery.may()) return;
      for (const { id } of items) flying[id] = 1;
      let status = 0;
      let wait = 0;
      try {
        const answer = await delivery.send(items);
        status = answer.status;
        wait = Number(answer.headers.get('retry-after')) || 0;
      } catch {
        // No answer: the network, or somebody who blocks us.
      }
      flying = {};
      if (!status || status === 408 || status === 429 || status > 499) {
        // A second, two, four … five minutes, never all browsers at once.
        const seconds = Math.max(wait, Math.min(2 ** tries++, 300)) * (1 + Math.random() / 2);
        timer = setTimeout(flush, seconds * 1000, 1);
        asked = !!status;
        keep(items);
        tell('waiting', items, status, seconds);
        return;
      }
      tries = 0;
      items.forEach(remove);
      tell(status < 400 ? 'sent' : 'refused', items, status);
    }
  };

  const flush = (now?: unknown): void => {
    again = busy;
    if (busy || (asked && !now)) return;
    busy = true;
    asked = false;
    clearTimeout(timer);
    // One tab at a time; where there are no locks the collector keeps an event once.
    const turn = attempt(() => navigator.locks.request(prefix, deliver)) || deliver();
    const done = (): void => {
      busy = false;
      if (again) flush();
    };
    turn.then(done, () => deliver().then(done));
  };

  return {
    add(item) {
      if (JSON.stringify(item).length > roomOfCall) return tell('dropped', [item]);
      mine[item.id] = 1;
      loose[item.id] = item;
      if (!isLight(item.type)) {
        keep([item]);
        setTimeout(flush);
      } else if (!soon) {
        soon = true;
        whenIdle(() => {
          soon = false;
          flush();
        }, 1000);
      }
    },
    flush,
    leave() {
      const items = read().filter(({ id }) => mine[id] && !flying[id]);
      if (!items.length || !delivery.may()) return;
      // Nothing would carry them: the next page does.
      if (!navigator.onLine) return keep(items);
      delivery.handOver(items);
      tell('handed', items);
      for (const item of items) {
        flying[item.id] = 1;
        // Nobody would know that a page was counted twice; all else stays until the collector says it has it.
        if (isLight(item.type)) remove(item);
      }
    },
    clear() {
      for (const item of read()) (flying[item.id] ? remove : drop)(item);
    },
  };
}
