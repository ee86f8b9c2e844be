/** What gathers in memory and is written every so often, and once more at the stop. */
export abstract class Flushing {
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Never rejects. */
  abstract flush(): Promise<void>;

  start(): void {
    this.#timer = setInterval(() => void this.flush(), this.#everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.flush();
  }
}
