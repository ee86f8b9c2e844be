import { JournalPage, JournalQuery, TroubleList } from '#contract/verification.ts';
import { findJournalPage, findTroubles } from '#views/journal-list.ts';
import { type Desk, type DeskApp, ShopParams, shopOf } from './desk.ts';

/** Everything that ever arrived, page by page and filtered, and what of it went wrong. */
export function journalRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/journal',
    { schema: { params: ShopParams, querystring: JournalQuery, response: { 200: JournalPage } } },
    (request) => findJournalPage(desk.db, desk.keys, shopOf(request), request.query),
  );

  app.get(
    '/api/shops/:shopId/troubles',
    { schema: { params: ShopParams, response: { 200: TroubleList } } },
    (request) => findTroubles(desk.db, shopOf(request), desk.now()),
  );
}
