/** What our mails say, before it is put into words: one shape a kind. Times are epoch milliseconds, addresses absolute. */
import type { AlarmKind } from '#domain/alarm.ts';
import type { RightsKind, RightsRefusal } from '#domain/rights.ts';
import type { Role } from './permissions.ts';

export type Letter =
  | { kind: 'invitation'; shop: string; inviter: string; role: Role; url: string; until: number }
  | { kind: 'password_reset'; url: string; minutes: number }
  | { kind: 'account_changed'; what: 'password' | 'second_factor_on' | 'second_factor_off'; at: number }
  | {
      kind: 'developer';
      shop: string;
      inviter: string;
      note: string | null;
      mayRead: boolean;
      /** Of the shop, for its pages. */
      publicKey: string;
      url: string;
      /** The guide of the shop's software, behind the same link. */
      guideUrl: string;
      until: number;
    }
  | { kind: 'developer_code'; shop: string; code: string; minutes: number }
  | { kind: 'webhook_paused'; shop: string; endpoint: string; cause: 'staff' | 'failing' | 'gone'; url: string }
  | ShopperLetter
  | { kind: 'export'; shop: string; of: string; ready: boolean; url: string; until: number }
  | { kind: 'import_failed'; shop: string; source: string; fault: string; url: string }
  /** A file that a program of the shop sent by itself. */
  | { kind: 'push_failed'; shop: string; file: string; fault: string; url: string }
  | { kind: 'alarm'; shop: string; alarm: AlarmKind; figure: number; url: string };

/**
 * To a customer of a shop, in its name: `unsubscribe` is the person's own link, and the one-click target of mail programs
 * (RFC 8058); null where the shop knows nobody by the address.
 */
export type ShopperLetter =
  | {
      kind: 'confirmation';
      shop: string;
      basis: string;
      /** What the person reads of the basis; empty: nothing is written. */
      text: string;
      url: string;
      until: number;
      unsubscribe: string;
    }
  | { kind: 'person_code'; shop: string; code: string; minutes: number; unsubscribe: string }
  | {
      kind: 'rights_identity';
      shop: string;
      right: RightsKind;
      url: string;
      code: string;
      unsubscribe: string | null;
    }
  | {
      kind: 'rights_closed';
      shop: string;
      right: RightsKind;
      received: number;
      refusal: RightsRefusal | null;
      unsubscribe: string | null;
    };

export type LetterKind = Letter['kind'];

/** Mails only their reader may open: staff who did would answer in a customer's name. */
export function isSealed(kind: string): boolean {
  return kind === 'confirmation' || kind === 'person_code';
}
