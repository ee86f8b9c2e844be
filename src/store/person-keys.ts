/** What the rows about a person are found by, and the journal's rows among them: for what they may see, and for erasing it (rules §7). */
import type { ClientBase, Pool } from 'pg';
import { emailNormal } from '#domain/email.ts';
import type { Fact } from '#domain/facts.ts';
import { type OrderId, orderId, type ProfileId, type ShopId } from '#domain/ids.ts';
import { hashSubject, type Keys, type Subject } from './secret.ts';

type Db = Pool | ClientBase;

/** Of one person, or of several that hold one address. */
export interface PersonKeys {
  readonly shop: ShopId;
  readonly profiles: readonly ProfileId[];
  readonly subjectKeys: readonly string[];
  readonly orders: readonly OrderId[];
  /** Ids of browsers. */
  readonly tokens: readonly string[];
  /** In their normal form, former ones and those of orders too. */
  readonly emails: readonly string[];
  /** As stated and in E.164. */
  readonly phones: readonly string[];
  /** Keys and numbers of orders. */
  readonly references: readonly string[];
  readonly externalIds: readonly string[];
}

export async function findPersonKeys(db: Db, shop: ShopId, profiles: readonly ProfileId[]): Promise<PersonKeys> {
  const of = [shop, profiles];
  const { rows: people } = await db.query(
    `select subject_key, email_norm, phone, mobile, phone_e164, mobile_e164 from profile where shop_id = $1 and id = any ($2::int8[])`,
    of,
  );
  const { rows: identifiers } = await db.query<{ kind: string; value: string }>(
    'select kind, value from profile_identifier where shop_id = $1 and profile_id = any ($2::int8[])',
    of,
  );
  const { rows: bound } = await db.query<{ token: string }>(
    'select token from visitor_token where shop_id = $1 and profile_id = any ($2::int8[])',
    of,
  );
  const { rows: orders } = await db.query<{ id: number; key: string; number: string | null; contact_email: string }>(
    'select id, key, number, contact_email from orders where shop_id = $1 and profile_id = any ($2::int8[])',
    of,
  );
  const values = (kind: string) => identifiers.filter((row) => row.kind === kind).map(({ value }) => value);
  const contacts = orders.map(({ contact_email: email }) => (email === null ? null : emailNormal(email)));
  return {
    shop,
    profiles,
    subjectKeys: people.map((row) => row.subject_key),
    orders: orders.map(({ id }) => orderId(id)),
    tokens: bound.map(({ token }) => token),
    emails: unique([...people.map((row) => row.email_norm), ...values('email'), ...contacts]),
    phones: unique(people.flatMap((row) => [row.phone, row.mobile, row.phone_e164, row.mobile_e164])),
    references: unique(orders.flatMap(({ key, number }) => [key, number])),
    externalIds: unique(values('external')),
  };
}

export interface PersonJournalRow {
  readonly received_at: Date;
  readonly seq: string;
  readonly source: string;
  readonly kind: string | null;
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly profile_id: number | null;
  readonly order_id: number | null;
  readonly facts: readonly Fact[] | null;
}

/** So few that the planner looks at each time, and leaves out the weeks that hold none. */
const placesAtOnce = 500;

/** Journal rows that name the person, oldest first (primary keys of journal_subject and journal). */
export async function findPersonJournal(db: Db, keys: Keys, person: PersonKeys): Promise<PersonJournalRow[]> {
  const { shop } = person;
  const { rows: places } = await db.query<{ received_at: Date; seq: string }>(
    `select distinct s.received_at, s.seq::text as seq, s.seq as place from unnest($2::int8[]) k(subject)
      join journal_subject s on s.shop_id = $1 and s.subject = k.subject order by 1, 3`,
    [shop, subjectsOfPerson(person).map((subject) => hashSubject(keys, shop, subject).toString())],
  );
  const found: PersonJournalRow[] = [];
  for (let from = 0; from < places.length; from += placesAtOnce) {
    const some = places.slice(from, from + placesAtOnce);
    const { rows } = await db.query<PersonJournalRow>(
      `select j.received_at, j.seq::text as seq, j.source, j.kind, j.outcome, j.reasons, j.profile_id, j.order_id, j.facts
        from unnest($2::timestamptz[], $3::int8[]) k(at, seq)
        join journal j on j.shop_id = $1 and j.received_at = k.at and j.seq = k.seq and j.received_at = any ($2::timestamptz[])
        order by j.received_at, j.seq`,
      [shop, some.map((place) => place.received_at), some.map((place) => place.seq)],
    );
    found.push(...rows.filter((row) => isTheirs(row, person)));
  }
  return found;
}

/** The digits a number ends with, however it is written. */
export function phoneTail(phone: string): string {
  return phone.replace(/\D/g, '').slice(-8);
}

function subjectsOfPerson(person: PersonKeys): readonly Subject[] {
  return [
    ...person.emails.map((email) => `email:${email}` as const),
    ...person.externalIds.map((id) => `external:${id}` as const),
    ...person.tokens.map((token) => `token:${token}` as const),
    ...person.references.map((reference) => `order:${reference}` as const),
    ...person.profiles.map((id) => `profile:${id}` as const),
    ...person.phones.map((phone) => `phone:${phoneTail(phone)}` as const),
  ];
}

/** An id or an order's number may be somebody else's in another store; an address is theirs wherever it stands. */
function isTheirs({ profile_id, order_id, facts }: PersonJournalRow, person: PersonKeys): boolean {
  const ofProfile = person.profiles.some((id) => id === profile_id);
  if (profile_id === null || ofProfile || person.orders.some((id) => id === order_id)) return true;
  const said = JSON.stringify(facts).toLowerCase();
  return [...person.emails, ...person.phones].some((text) => said.includes(JSON.stringify(text).slice(1, -1)));
}

function unique(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value): value is string => value !== null && value !== ''))];
}
