import type { FastifyRequest } from 'fastify';
import { cutAddress } from './client-address.ts';

const kept: Readonly<Record<string, number>> = {
  origin: 300,
  referer: 500,
  'user-agent': 200,
  'sec-gpc': 8,
  'content-type': 100,
};

/** The named headers an envelope keeps, each cut to a length; never credentials. */
export function keptHeaders(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in kept) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value.slice(0, kept[name]);
  }
  return headers;
}

/** Host of the page that speaks: Origin's, else Referer's; null when absent, `null` or no host (rules §6.2). */
export function pageHost(request: FastifyRequest): string | null {
  return hostOf(request.headers.origin) ?? hostOf(request.headers.referer);
}

export function personIp(request: FastifyRequest): string | null {
  return cutAddress(request.ip);
}

const hostPattern = /^https?:\/\/(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/?#:@\\\s]{1,253})(?::\d{1,5})?(?:[/?#]|$)/i;

export function hostOf(url: string | undefined): string | null {
  if (url === undefined) return null;
  const host = hostPattern.exec(url.length > 600 ? url.slice(0, 600) : url)?.[1];
  return host === undefined ? null : host.toLowerCase();
}
