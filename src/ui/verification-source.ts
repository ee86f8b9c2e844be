/** Where a verification screen gets what it shows: a member's shop, or an invited developer's masked view of one. */
import type { JournalDetail, JournalPage, JournalQuery, TroubleList } from '#contract/verification.ts';
import { api } from './api.ts';
import { installationApi } from './installation-api.ts';

export interface VerificationSource {
  /** What its answers are kept under. */
  readonly key: readonly (string | number)[];
  readonly liveUrl: string;
  /** Whom a call names is masked: nobody is searched for, and no profile opens. */
  readonly masked: boolean;
  /** Whose profiles its lines open; null: none. */
  readonly shop: number | null;
  journal(query: JournalQuery): Promise<JournalPage>;
  item(receivedAt: number, seq: string): Promise<JournalDetail>;
  troubles(): Promise<TroubleList>;
}

const sources = new Map<number, VerificationSource>();

/** The same object for the same shop. */
export function shopSource(shop: number): VerificationSource {
  const known = sources.get(shop);
  if (known !== undefined) return known;
  const made: VerificationSource = {
    key: ['shop', shop],
    liveUrl: `/api/shops/${shop}/live`,
    masked: false,
    shop,
    journal: (query) => installationApi.journal(shop, query),
    item: (receivedAt, seq) => api.journalItem(shop, receivedAt, seq),
    troubles: () => installationApi.troubles(shop),
  };
  sources.set(shop, made);
  return made;
}
