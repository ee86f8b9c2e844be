import type { ShopKey } from '#store/shop-key.ts';

/** The pair of keys a request proved, before its body is read. */
declare module 'fastify' {
  interface FastifyRequest {
    pair: ShopKey | null;
  }
}
