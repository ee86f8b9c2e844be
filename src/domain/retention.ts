/** How long a shop keeps what, in days (rules §7). Raw bytes are the installation's matter. */
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

/** Stands for a shop where something was done for the whole installation. */
export const installation = 0;

/** What the whole installation keeps for so many days, whatever the shop. */
export interface InstanceRetention {
  /** Bytes as they were received. */
  readonly rawDays: number;
  /** Bytes that no decoder could read. */
  readonly unreadDays: number;
  /** Files of imports and their reports, since somebody last touched them. */
  readonly importDays: number;
  /** What people did in the back office. */
  readonly auditDays: number;
}

export const defaultInstanceRetention: InstanceRetention = {
  rawDays: 30,
  unreadDays: 7,
  importDays: 30,
  auditDays: threeYears,
};

/** Least and most days of each. */
export const instanceRetentionLimits: {
  readonly [Kind in keyof InstanceRetention]: readonly [least: number, most: number];
} = {
  rawDays: [1, 90],
  unreadDays: [1, 30],
  importDays: [1, 90],
  auditDays: [365, 3653],
};

export function isRetention(value: unknown): value is Partial<Retention> {
  return isWithin(value, retentionLimits, ['inactiveDays', 'refusalDays']);
}

export function isInstanceRetention(value: unknown): value is Partial<InstanceRetention> {
  return isWithin(value, instanceRetentionLimits, []);
}

function isWithin(
  value: unknown,
  limits: Readonly<Record<string, readonly [number, number]>>,
  endless: readonly string[],
): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([kind, days]) => {
    const [least, most] = (Object.hasOwn(limits, kind) ? limits[kind] : undefined) ?? [1, 0];
    if (days === null) return endless.includes(kind);
    return Number.isInteger(days) && days >= least && days <= most;
  });
}
