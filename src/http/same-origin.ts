/**
 * Whether a page of ours makes a request. A browser says who made it: Sec-Fetch-Site on https and loopback, Origin
 * elsewhere. Programs send neither.
 */
import type { FastifyRequest } from 'fastify';

/** Whether a request only looks. */
export function isRead(request: FastifyRequest): boolean {
  return ['GET', 'HEAD', 'OPTIONS'].includes(request.method);
}

/** Whether it comes from no page of another site: for what a browser sends along, and programs send too. */
export function isNotOfOthers(request: FastifyRequest): boolean {
  const { 'sec-fetch-site': site, origin } = request.headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return origin === undefined || isOwn(request, origin, {});
}

/** Where a server lies for those who come by a browser. */
export interface OwnOrigin {
  /** Of the settings. */
  readonly publicUrl?: string | undefined;
  /** They come by https. */
  readonly isSecure?: boolean;
}

/** Whether a page of ours makes it, and nobody else: for cookies, which only browsers have. */
export function isOfOurs(request: FastifyRequest, own: OwnOrigin): boolean {
  const { 'sec-fetch-site': site, origin } = request.headers;
  if (site !== undefined) return site === 'same-origin';
  return origin !== undefined && isOwn(request, origin, own);
}

// The host as the browser sees it, where a proxy that is believed says so.
function isOwn(request: FastifyRequest, origin: string, { publicUrl, isSecure }: OwnOrigin) {
  if (!URL.canParse(origin)) return false;
  const { host, protocol } = new URL(origin);
  const hosts = [request.host, ...(publicUrl === undefined ? [] : [new URL(publicUrl).host])];
  return hosts.includes(host) && (isSecure !== true || protocol === 'https:');
}
