import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { ConsentRecord, toConsentRecord } from '#contract/consent-record.ts';
import { speak } from '#contract/messages/speak.ts';
import { Anchor, LedgerSlice, LedgerState, Proof, VerifyBody } from '#contract/proof.ts';
import { readAnchors, signAnchor } from '#store/anchor.ts';
import { findProof } from '#views/consent-proof.ts';
import { findLedger, verifySlice } from '#views/ledger-check.ts';
import { pageHeaders } from '../pages/html.ts';
import { renderReceipt } from '../pages/receipt.ts';
import { type Desk, type DeskApp, ProfileParams, ShopParams, sendNotFound, shopOf } from './desk.ts';
import { noteAct } from './note.ts';

const ProofParams = Type.Object({
  ...ProfileParams.properties,
  basisId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
const language = Type.Optional(Type.Union([Type.Literal('fr'), Type.Literal('en')]));
/** On the screen; record and receipt have all. */
const shownChanges = 300;
const place = '/api/shops/:shopId/profiles/:profileId/bases/:basisId';

/** Since when each basis holds, by which act and with what proof; and the chain that shows whether any of it was changed. */
export function proofRoutes(app: DeskApp, desk: Desk, anchorFolder: string | null): void {
  const anchorsOf = async (shop: number) => (anchorFolder === null ? [] : readAnchors(anchorFolder, shop));

  app.get(`${place}/proof`, { schema: { params: ProofParams, response: { 200: Proof } } }, async (request, reply) => {
    const { profileId, basisId } = request.params;
    return (await findProof(desk.db, shopOf(request), profileId, basisId, shownChanges)) ?? sendNotFound(reply);
  });

  app.get(`${place}/record`, { schema: { params: ProofParams } }, async (request, reply) => {
    const { profileId, basisId } = request.params;
    const proof = await findProof(desk.db, shopOf(request), profileId, basisId, null);
    if (proof === null) return sendNotFound(reply);
    const record = toConsentRecord(proof, desk.now());
    if (!Value.Check(ConsentRecord, record)) throw new Error('the consent record breaks its own schema');
    await noteAct(desk, request, 'proof.export', { profileId, detail: { basisId, form: 'record' } });
    return reply
      .type('application/ld+json')
      .header('content-disposition', `attachment; filename="proof-${profileId}-${basisId}.jsonld"`)
      .send(JSON.stringify(record, null, 2));
  });

  app.get(
    `${place}/receipt`,
    { schema: { params: ProofParams, querystring: Type.Object({ language }, { additionalProperties: false }) } },
    async (request, reply) => {
      const { profileId, basisId } = request.params;
      const proof = await findProof(desk.db, shopOf(request), profileId, basisId, null);
      if (proof === null) return sendNotFound(reply);
      await noteAct(desk, request, 'proof.export', { profileId, detail: { basisId, form: 'receipt' } });
      const voice = speak(request.query.language ?? 'fr');
      return reply.headers(pageHeaders).send(renderReceipt(voice, proof, desk.now()));
    },
  );

  app.get(
    '/api/shops/:shopId/ledger',
    { schema: { params: ShopParams, response: { 200: LedgerState } } },
    async (request) => {
      const shop = shopOf(request);
      return findLedger(desk.db, shop, (await anchorsOf(shop)).slice(0, 30));
    },
  );

  app.get(
    '/api/shops/:shopId/ledger/anchor',
    { schema: { params: ShopParams, response: { 200: Anchor } } },
    async (request, reply) => {
      const shop = shopOf(request);
      const { n, hash } = await findLedger(desk.db, shop, []);
      const anchor = signAnchor(desk.keys, { shop, n, hash, at: new Date(desk.now()).toISOString() });
      reply.header('content-disposition', `attachment; filename="anchor-${shop}-${n}.json"`);
      return anchor;
    },
  );

  app.post(
    '/api/shops/:shopId/ledger/verify',
    { schema: { params: ShopParams, body: VerifyBody, response: { 200: LedgerSlice } } },
    async (request) => {
      const shop = shopOf(request);
      const { after, anchor } = request.body;
      const anchors = [...(await anchorsOf(shop)), ...(anchor === undefined ? [] : [anchor])];
      return verifySlice(desk.db, desk.keys, shop, after, anchors);
    },
  );
}
