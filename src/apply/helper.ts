/** The second applier, in a thread of its own (docs/decisions/013): started when it is first asked, kept until the end. */
import { Worker } from 'node:worker_threads';
import type { ShopId } from '#domain/ids.ts';
import type { Keys } from '#store/secret.ts';

export interface HelperOptions {
  readonly url: string;
  readonly shards: number;
  readonly keys: Keys;
  readonly onFault: (event: string, error: unknown) => void;
  /** Told after each batch; `live`: how many of its items were. */
  readonly onApplied?: (items: number, live: number) => void;
}

export interface Helper {
  /** Applies what waits in these shards until it finds little; the shops whose settings changed by it. One at a time. */
  help(shards: readonly number[]): Promise<readonly ShopId[]>;
  /** Live items came to other shards meanwhile. */
  saw(live: number): void;
  /** Finishes the batch in hand. */
  stop(): Promise<void>;
}

export type HelperStart = Pick<HelperOptions, 'url' | 'shards' | 'keys'>;

/** What the thread is told. */
export type HelperOrder =
  | { readonly order: 'help'; readonly shards: readonly number[] }
  | { readonly order: 'pace'; readonly live: number }
  | { readonly order: 'stop' };

/** What the thread says: of a batch, of a fault it survived, of the end of its help. */
export type HelperWord =
  | { readonly word: 'applied'; readonly items: number; readonly live: number }
  | { readonly word: 'fault'; readonly event: string; readonly error: unknown }
  | { readonly word: 'done'; readonly changedSettings: readonly ShopId[] };

/**
 * Of the young generation of a thread that applies, in MB: room for what is alive while a batch is decided, so that little of it has to be moved.
 * What is said for the program (`npm start`) is too small for that, what V8 would take by itself is 128 MB a thread.
 */
export const youngMb = 48;

export function openHelper({ onFault, onApplied, ...start }: HelperOptions): Helper {
  let thread: Worker | null = null;
  let helping: PromiseWithResolvers<readonly ShopId[]> | null = null;
  let stopping = false;

  function open(): Worker {
    const opened = new Worker(new URL('./helper-thread.ts', import.meta.url), {
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: youngMb },
    });
    opened.on('message', (said: HelperWord) => {
      if (said.word === 'applied') onApplied?.(said.items, said.live);
      else if (said.word === 'fault') onFault(said.event, said.error);
      else helping?.resolve(said.changedSettings);
    });
    // another one is started when help is asked for again; what this one held, the database has given back
    opened.once('error', (error) => helping?.reject(error));
    opened.once('exit', (code) => {
      thread = null;
      if (stopping) helping?.resolve([]);
      else helping?.reject(new Error(`the helper's thread ended with code ${code}`));
    });
    return opened;
  }

  return {
    async help(of) {
      helping = Promise.withResolvers();
      thread ??= open();
      tell(thread, { order: 'help', shards: of });
      try {
        return await helping.promise;
      } finally {
        helping = null;
      }
    },
    saw(live) {
      if (thread !== null) tell(thread, { order: 'pace', live });
    },
    async stop() {
      stopping = true;
      const ending = thread;
      if (ending === null) return;
      const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
      tell(ending, { order: 'stop' });
      await gone;
    },
  };
}

function tell(thread: Worker, order: HelperOrder): void {
  thread.postMessage(order);
}
