import type { ClientBase } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ExportFile } from './export-file.ts';
import { queueMail } from './outbox.ts';
import type { Keys } from './secret.ts';

export interface ExportNotice {
  readonly file: ExportFile;
  readonly ready: boolean;
  readonly url: string;
  readonly until: Instant;
  readonly now: Instant;
}

/** Tells whoever asked for a file that it is ready, or that it failed; nobody who has left the shop meanwhile. */
export async function mailExport(client: ClientBase, keys: Keys, notice: ExportNotice): Promise<void> {
  const { file, ready, url, until, now } = notice;
  const { rows } = await client.query<{ email: string; lang: string | null; shop: string }>(
    `select u.email, u.lang, s.name as shop from shop_member m
     join app_user u on u.id = m.user_id join shop s on s.id = m.shop_id
     where m.shop_id = $1 and m.user_id = $2`,
    [file.shopId, file.askedBy],
  );
  for (const { email, lang, shop } of rows) {
    const letter = { kind: 'export', shop, of: file.kind, ready, url, until } as const;
    await queueMail(client, keys, { shopId: file.shopId, to: email, lang: lang ?? 'fr', letter }, now);
  }
}
