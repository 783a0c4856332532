// Requests to addresses that strangers choose, at the edge: the platform's `fetch` reaches the public internet only.

/**
 * A function like `fetch`, which is the platform's. In Cloudflare Workers and Vercel's edge runtime a Worker is in nobody's
 * private network; a `workerd` of your own has the networks that its configuration allows: the public ones by default.
 */
export function publicFetch() {
  return (address, init) => globalThis.fetch(address, init);
}
