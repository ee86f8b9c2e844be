/** Calls of the back office's own API. Types come from the contract; the server holds to them. */
import { type QueryKey, useQuery } from '@tanstack/react-query';
import type { BasisBody, BasisList, BasisPage, BasisPeople, BasisStatus, ExpiryPreview } from '#contract/bases.ts';
import type {
  ContactAnswers,
  ContactQuestion,
  ObjectionList,
  ObjectionsAnswer,
  StatedObjection,
} from '#contract/contact.ts';
import type { OrderHistory, OrderList, OrderPage, OrderQuery } from '#contract/orders.ts';
import type { Overview, OverviewDays } from '#contract/overview.ts';
import { may, type Permission } from '#contract/permissions.ts';
import type {
  AmendProfileBody,
  ProfileList,
  ProfilePage,
  ProfileQuery,
  SetBasisBody,
  SettledAnswer,
} from '#contract/profile.ts';
import type { Anchor, LedgerSlice, LedgerState, Proof } from '#contract/proof.ts';
import type { Challenge, ErrorAnswer, Me, SignInBody } from '#contract/session.ts';
import type { ShopNameBody, ShopSettingsBody, ShopSettingsPage } from '#contract/shop-settings.ts';
import type { ModuleSignIn, RevealedKey, RotatedKey, SettingsBody, TrackerPage } from '#contract/tracker.ts';
import type { JournalDetail } from '#contract/verification.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

export async function call<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
  const answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiError(0, 'network');
  });
  const value: Answer | ErrorAnswer | null = await answer.json().catch(() => null);
  if (!answer.ok || isError(value)) throw new ApiError(answer.status, isError(value) ? value.error.code : 'fault');
  if (value === null && answer.status !== 204) throw new ApiError(answer.status, 'fault');
  return value as Answer;
}

function isError(value: unknown): value is ErrorAnswer {
  return typeof value === 'object' && value !== null && 'error' in value;
}

/** Without what is not asked for. */
export function stated(query: Readonly<Record<string, string | number | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== '') kept[name] = String(value);
  return kept;
}

export const api = {
  /** null: nobody is signed in. */
  me: () => call<Me | null>('GET', '/api/me'),
  /** A challenge when a second step is on. */
  signIn: (body: SignInBody) => call<Me | Challenge>('POST', '/api/sign-in', body),
  signInWithLink: (token: string) => call<Me | Challenge>('POST', '/api/sign-in/link', { token }),
  signOut: () => call<null>('POST', '/api/sign-out'),
  tracker: (shop: number) => call<TrackerPage>('GET', `/api/shops/${shop}/tracker`),
  changeSettings: (shop: number, body: SettingsBody) =>
    call<SettledAnswer>('POST', `/api/shops/${shop}/settings`, body),
  shopSettings: (shop: number) => call<ShopSettingsPage>('GET', `/api/shops/${shop}/shop-settings`),
  changeShopSettings: (shop: number, body: ShopSettingsBody) =>
    call<SettledAnswer>('POST', `/api/shops/${shop}/shop-settings`, body),
  revokeTokens: (shop: number) => call<SettledAnswer>('POST', `/api/shops/${shop}/revoke-tokens`, {}),
  renameShop: (shop: number, body: ShopNameBody) => call<null>('POST', `/api/shops/${shop}/name`, body),
  revealKey: (shop: number, key: number) => call<RevealedKey>('POST', `/api/shops/${shop}/keys/${key}/reveal`, {}),
  rotateKey: (shop: number, key: number, hours: number) =>
    call<RotatedKey>('POST', `/api/shops/${shop}/keys/${key}/rotate`, { hours }),
  endKey: (shop: number, key: number) => call<null>('POST', `/api/shops/${shop}/keys/${key}/end`, {}),
  moduleSignIn: (shop: number) => call<ModuleSignIn>('GET', `/api/shops/${shop}/module-sign-in`),
  allowModuleSignIn: (shop: number, allowed: boolean) =>
    call<ModuleSignIn>('POST', `/api/shops/${shop}/module-sign-in`, { allowed }),
  journalItem: (shop: number, receivedAt: number, seq: string) =>
    call<JournalDetail>('GET', `/api/shops/${shop}/journal/${receivedAt}/${seq}`),
  overview: (shop: number, days: OverviewDays) => call<Overview>('GET', `/api/shops/${shop}/overview?days=${days}`),
  orders: (shop: number, asked: OrderQuery) =>
    call<OrderList>('GET', `/api/shops/${shop}/orders?${new URLSearchParams(stated(asked))}`),
  order: (shop: number, order: number) => call<OrderPage>('GET', `/api/shops/${shop}/orders/${order}`),
  orderHistory: (shop: number, order: number) =>
    call<OrderHistory>('GET', `/api/shops/${shop}/orders/${order}/history`),
  profiles: (shop: number, asked: ProfileQuery) =>
    call<ProfileList>('GET', `/api/shops/${shop}/profiles?${new URLSearchParams(stated(asked))}`),
  profile: (shop: number, profile: number) => call<ProfilePage>('GET', `/api/shops/${shop}/profiles/${profile}`),
  amendProfile: (shop: number, profile: number, body: AmendProfileBody) =>
    call<SettledAnswer>('POST', `/api/shops/${shop}/profiles/${profile}`, body),
  setBasis: (shop: number, profile: number, basis: number, body: SetBasisBody) =>
    call<SettledAnswer>('POST', `/api/shops/${shop}/profiles/${profile}/bases/${basis}`, body),
};

export const gdprApi = {
  bases: (shop: number) => call<BasisList>('GET', `/api/shops/${shop}/bases`),
  basis: (shop: number, basis: number) => call<BasisPage>('GET', `/api/shops/${shop}/bases/${basis}`),
  basisPeople: (shop: number, basis: number, status: BasisStatus, after: number) =>
    call<BasisPeople>(
      'GET',
      `/api/shops/${shop}/bases/${basis}/people?status=${encodeURIComponent(status)}&after=${after}`,
    ),
  objections: (shop: number, after: string | null) =>
    call<ObjectionList>('GET', `/api/shops/${shop}/objections${after === null ? '' : `?after=${after}`}`),
  addObjections: (shop: number, objections: readonly StatedObjection[]) =>
    call<ObjectionsAnswer>('POST', `/api/shops/${shop}/objections`, { objections }),
  mayContact: (shop: number, question: ContactQuestion) =>
    call<ContactAnswers>('POST', `/api/shops/${shop}/may-contact`, question),
  proof: (shop: number, profile: number, basis: number) =>
    call<Proof>('GET', `/api/shops/${shop}/profiles/${profile}/bases/${basis}/proof`),
  ledger: (shop: number) => call<LedgerState>('GET', `/api/shops/${shop}/ledger`),
  verify: (shop: number, body: { readonly after: number; readonly anchor?: Anchor }) =>
    call<LedgerSlice>('POST', `/api/shops/${shop}/ledger/verify`, body),
  /** `orders`: whether orders prolong it. */
  expiring: (shop: number, basis: number, days: number, orders: boolean) =>
    call<ExpiryPreview>('GET', `/api/shops/${shop}/bases/${basis}/expiring?days=${days}&orders=${orders}`),
  /** `basis` null: a new one. */
  saveBasis: (shop: number, basis: number | null, body: BasisBody) =>
    call<SettledAnswer>('POST', `/api/shops/${shop}/bases${basis === null ? '' : `/${basis}`}`, body),
};

export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: api.me });
}

export function useShopQuery<Answer>(key: QueryKey, shop: number, ask: (shop: number) => Promise<Answer>) {
  return useQuery({ queryKey: ['shop', shop, ...key], queryFn: () => ask(shop) });
}

/** Whether the reader may do something in a shop; the server asks the same table again. */
export function useMay(shop: number): (permission: Permission) => boolean {
  const role = useMe().data?.shops.find((one) => one.id === shop)?.role;
  return (permission) => role !== undefined && may(role, permission);
}
