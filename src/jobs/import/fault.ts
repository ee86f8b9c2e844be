import type { Reason } from '#domain/reasons.ts';

/** A file, or a whole part of it, that cannot be read: the reason people are shown. */
export class FileFault extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}
