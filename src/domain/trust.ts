/** What a browser may claim (rules §6). */

/** True when a page of this host may speak for the shop: the list is empty, or names the host or a parent of it. */
export function hostAllowed(host: string | null, domains: readonly string[]): boolean {
  if (host === null || domains.length === 0) return true;
  return domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
}
