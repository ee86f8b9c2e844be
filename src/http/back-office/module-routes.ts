import { ModuleSignIn, ModuleSignInBody } from '#contract/tracker.ts';
import { saveModuleUser } from '#store/module-sign-in.ts';
import { findModuleSignIn } from '#views/module-sign-in.ts';
import { type Desk, type DeskApp, ShopParams, shopOf, userOf } from './desk.ts';
import { noteAct } from './note.ts';

/** Whom the shop's module may sign in (GetToken). Each can allow it for themselves alone: the pair of one shop must not open another's. */
export function moduleRoutes(app: DeskApp, desk: Desk): void {
  const schema = { params: ShopParams, response: { 200: ModuleSignIn } };

  app.get('/api/shops/:shopId/module-sign-in', { schema }, (request) =>
    findModuleSignIn(desk.db, shopOf(request), userOf(request).id),
  );

  app.post('/api/shops/:shopId/module-sign-in', { schema: { ...schema, body: ModuleSignInBody } }, async (request) => {
    const shopId = shopOf(request);
    const userId = userOf(request).id;
    const { allowed } = request.body;
    await noteAct(desk, request, allowed ? 'module.allow' : 'module.refuse');
    await saveModuleUser(desk.pool, shopId, allowed ? userId : null);
    return findModuleSignIn(desk.db, shopId, userId);
  });
}
