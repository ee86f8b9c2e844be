/** For tests: a step of `fixtures/scenarios.json` as the fact it states. */
import type {
  Fact,
  Source,
  StatedConsent,
  StatedOptIn,
  StatedOrder,
  StatedPerson,
  StatedRefund,
  StatedStatus,
  StatedTime,
} from '../facts.ts';

export interface Step {
  readonly via: string;
  readonly arrives: string;
  readonly own: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly outcome: { readonly word?: string; readonly reason?: string } | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export function personOf(said: Partial<StatedPerson>): StatedPerson {
  return { externalId: null, email: null, token: null, fields: {}, addTags: [], delTags: [], custom: {}, ...said };
}

export function orderOf(key: string, said: Partial<StatedOrder> = {}): StatedOrder {
  return {
    key,
    number: null,
    placedAt: null,
    total: null,
    state: null,
    refunds: [],
    refundTotal: null,
    invoiceNumber: null,
    serviceStart: null,
    serviceEnd: null,
    addTags: [],
    delTags: [],
    attributes: null,
    items: null,
    cartKey: null,
    ...said,
  };
}

export function orderFact(step: Step, ownTime: StatedTime | null): Fact & { type: 'order' } {
  const data = step.data as Record<string, string> & {
    refunds?: { id: string; amount: string; status: StatedRefund['status'] }[];
  };
  const createdAt = data.createdAt === undefined ? null : { at: Date.parse(data.createdAt) };
  return {
    type: 'order',
    store: data.store ?? null,
    ownTime,
    creating: true,
    createdAt,
    person: personOf({ email: data.email ?? null, externalId: data.externalId ?? null }),
    order: orderOf(data.key ?? '', {
      number: data.number ?? null,
      placedAt: createdAt,
      total: data.total === undefined ? null : { amount: data.total, currency: 'EUR' },
      state: {
        payment: (data.payment ?? 'none') as 'none',
        fulfilment: (data.fulfilment ?? 'none') as 'none',
        cancelled: data.cancelled === 'true',
      },
      refunds: (data.refunds ?? []).map(({ id, amount, status }) => ({
        id,
        status,
        money: { amount, currency: 'EUR' },
      })),
    }),
    optIns: optInsOf(step),
    consents: [],
  };
}

export function accountFact(step: Step, ownTime: StatedTime | null): Fact & { type: 'account' } {
  const data = step.data as Record<string, string>;
  const consents: readonly StatedConsent[] = [];
  return {
    type: 'account',
    store: data.store ?? null,
    ownTime,
    creating: true,
    createdAt: data.createdAt === undefined ? null : { at: Date.parse(data.createdAt) },
    person: personOf({
      email: data.email ?? null,
      externalId: data.externalId ?? null,
      fields: { firstname: data.firstname, mobile: data.mobile, country: data.country },
    }),
    optIns: optInsOf(step),
    consents,
  };
}

function optInsOf(step: Step): readonly StatedOptIn[] {
  const { optin } = step.data;
  return optin === '1' || optin === '0' ? [{ channel: 'email', value: optin === '1' ? 1 : 0, kind: 'record' }] : [];
}

export function sourceOf(step: Step): Source {
  const kind = step.via.split('.')[0];
  switch (kind) {
    case 'track':
      return { kind: 'browser' };
    case 'store':
      return { kind: 'store', store: String(step.data.store) };
    case 'import':
      return { kind: 'import', importId: String(step.data.import) };
    case 'staff':
      return { kind: 'staff', userId: 'u1' };
    case 'api':
      return { kind: 'api' };
    case 'person':
      return { kind: 'person' };
    case 'settings':
    case 'expiry':
      return { kind: 'system' };
    default:
      return { kind: 'server' };
  }
}

export function statedTime(own: string | null): StatedTime | null {
  if (own === null) return null;
  if (/^\d{4}-\d\d-\d\d$/.test(own)) return { date: own };
  return own.endsWith('Z') ? { at: Date.parse(own) } : { local: own.replace(' ', 'T') };
}

export function importStatus(cell: string): StatedStatus | 'unlisted' | null {
  if (cell === '') return null;
  if (['oui', 'accepted', '1', 'yes'].includes(cell)) return 'accepted';
  if (['non', 'refused', '0', 'no'].includes(cell)) return 'refused';
  return ['inconnu', 'unknown', '-1'].includes(cell) ? 'unknown' : 'unlisted';
}
