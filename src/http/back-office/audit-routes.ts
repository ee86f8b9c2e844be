import { AuditList, AuditQuery } from '#contract/audit.ts';
import { listAudit } from '#views/audit-list.ts';
import { type Desk, type DeskApp, ShopParams, shopOf } from './desk.ts';

/** Who changed, revealed, sent, exported or erased what in the shop. */
export function auditRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/audit',
    { schema: { params: ShopParams, querystring: AuditQuery, response: { 200: AuditList } } },
    (request) => listAudit(desk.db, shopOf(request), request.query),
  );
}
