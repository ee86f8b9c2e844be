/** How long a shop keeps what, in days (rules §7). Raw bytes are the instance's matter. */
export interface Retention {
  /** Facts and outcomes of what was received; the instance's own limit stands above it. */
  readonly journalDays: number;
  readonly cartDays: number;
  /** Prospects and customers without an act or order for so long are erased; null: nobody is. */
  readonly inactiveDays: number | null;
  /** History of bases of people who are gone, without evidence. */
  readonly historyDays: number;
  /** Keyed hashes of refused and objecting addresses and of erased people; null: without end. */
  readonly refusalDays: number | null;
  /** Mails, sent or not. */
  readonly mailDays: number;
  /** Messages to the shop's own systems, and what they answered. */
  readonly webhookDays: number;
  /** Closed requests of people about their rights. */
  readonly requestDays: number;
}

const threeYears = 1096;
const fiveYears = 1826;

export const defaultRetention: Retention = {
  journalDays: 396,
  cartDays: 90,
  inactiveDays: threeYears,
  historyDays: fiveYears,
  refusalDays: null,
  mailDays: 90,
  webhookDays: 30,
  requestDays: fiveYears,
};

/** Least and most days of each; `refusalDays` and `inactiveDays` may be null instead. */
export const retentionLimits: { readonly [Kind in keyof Retention]: readonly [least: number, most: number] } = {
  journalDays: [30, 396],
  cartDays: [1, 396],
  inactiveDays: [30, 3653],
  historyDays: [threeYears, 7305],
  refusalDays: [threeYears, 7305],
  mailDays: [7, 396],
  webhookDays: [1, 90],
  requestDays: [365, 3653],
};

export function isRetention(value: unknown): value is Partial<Retention> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([kind, days]) => {
    const limits = Object.hasOwn(retentionLimits, kind) ? retentionLimits[kind as keyof Retention] : null;
    if (limits === null) return false;
    if (days === null) return kind === 'inactiveDays' || kind === 'refusalDays';
    return Number.isInteger(days) && days >= limits[0] && days <= limits[1];
  });
}
