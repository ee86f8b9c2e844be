import { offsetTime } from './write-time.ts';

/** A profile as this wire shows it. */
export interface CustomerRow {
  readonly id: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly email: string | null;
  readonly name: string | null;
  readonly firstname: string | null;
  readonly birthday: string | null;
  readonly gender: string | null;
  readonly address: string | null;
  readonly address2: string | null;
  readonly address3: string | null;
  readonly zip: string | null;
  readonly city: string | null;
  readonly country: string | null;
  readonly phone: string | null;
  readonly mobile: string | null;
  readonly job: string | null;
  readonly company: string | null;
  readonly lang: string | null;
  readonly tags: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
  readonly externalId: string | null;
  readonly lastSeen: Date;
  /** Validated orders only (rules §3.4). */
  readonly orderCount: number;
  readonly lastOrderAt: Date | null;
}

/** The JSON of SPREAD's v2 reads (legacy wire §3): numbers as text, one key per object, empty text for what is not known. */
export function writeCustomer(customer: CustomerRow): Record<string, unknown> {
  return {
    ...writeCustomerItem(customer),
    tags: customer.tags,
    custom_fields: customer.custom,
    status: '',
  };
}

/** A list's item: without tags, custom fields and status. */
export function writeCustomerItem(customer: CustomerRow): Record<string, unknown> {
  const bought = customer.orderCount > 0;
  return {
    id: String(customer.id),
    lastName: customer.name ?? beforeAt(customer.email),
    firstName: customer.firstname ?? '',
    email: customer.email ?? '',
    country: customer.country ?? '',
    city: customer.city ?? '',
    address: customer.address ?? '',
    address2: customer.address2 ?? '',
    address3: customer.address3 ?? '',
    zip: customer.zip ?? '',
    phone: customer.phone ?? '',
    mobile: customer.mobile ?? '',
    lang: customer.lang ?? '',
    birthday: customer.birthday ?? '',
    gender: customer.gender ?? '',
    createdAt: offsetTime(customer.createdAt),
    updatedAt: offsetTime(customer.updatedAt),
    isFan: '0',
    isFollow: '0',
    isFanLinkedin: '0',
    isBuyer: bought ? '1' : '0',
    actionCount: String(customer.orderCount),
    lastActionDt: offsetTime(customer.lastSeen),
    lastOrderDt: customer.lastOrderAt === null ? '' : offsetTime(customer.lastOrderAt),
    cagnotteAmount: '0',
    externalId: customer.externalId ?? '',
    company: customer.company ?? '',
    fonction: customer.job ?? '',
  };
}

/** SPREAD: without a last name, what stands before the @ (rules §2.8). */
function beforeAt(email: string | null): string {
  return email?.split('@', 1)[0] ?? '';
}
