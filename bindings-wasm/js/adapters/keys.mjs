// The keys of issuers over time: the library says when to fetch and what to use, this fetches.

import * as idjag from '#api';
import { TimeLimit } from './bounded.mjs';
import { clock } from './defaults.mjs';
import { discoverIssuer } from './discover.mjs';
import { invalid } from './options.mjs';
import { send, TIMEOUT_MS } from './send.mjs';

/** The keys of one issuer; see `index.d.ts` for the options. */
export class KeySetFetcher {
  #options;
  #now;
  #sending;
  #onError;
  /** The cache, once it is known where the keys are. */
  #cache;
  /** What is being fetched, if anything is. It never fails. */
  #flight;
  /** When discovery was started last. */
  #searched;
  /** The keys taken from the cache last, and their generation. */
  #taken;

  constructor({ now = clock, fetch, timeoutMs = TIMEOUT_MS, maxBytes, onError, ...options }) {
    this.issuer = options.issuer;
    this.#options = options;
    this.#now = now;
    this.#sending = { fetch, timeoutMs, maxBytes };
    this.#onError = onError;
    // The rest of the options is checked even where the address is still to be found.
    const cache = new idjag.KeySetCache({ ...options, jwksUri: options.jwksUri ?? options.issuer });
    if (options.jwksUri !== undefined) this.#cache = cache;
    else cache.free();
  }

  /** The keys to verify a token with that claims the key `kid`; nothing when none can be had. */
  async keys(kid) {
    if (!this.#cache) await this.#find();
    if (!this.#cache) return undefined;
    const found = this.#lookUp(kid);
    if (found.state === 'refresh') await this.#refresh();
    else if (this.#flight && !this.#holds(found, kid)) await this.#landed();
    else return this.#take(found);
    return this.#take(this.#lookUp(kid));
  }

  #lookUp(kid) {
    return this.#cache.lookup({ kid, now: this.#now() });
  }

  /** Whether waiting for a refresh under way would be in vain: the key is there already. */
  #holds(found, kid) {
    const keys = this.#take(found);
    return keys !== undefined && (kid === undefined || keys.keys.some((key) => key.kid === kid));
  }

  /** The keys that serve now: one object for as long as they stay the same. */
  #take({ usable, generation }) {
    if (!usable) return undefined;
    if (this.#taken?.generation !== generation) {
      this.#taken = { generation, keys: this.#cache.keys({ now: this.#now() }) };
    }
    return this.#taken.keys;
  }

  /** Fetches, if the library gives this caller the request; waits for what is under way in any case. */
  async #refresh() {
    const { request } = this.#cache.beginRefresh({ now: this.#now() });
    if (request !== null) {
      this.#start(async () => {
        const response = await send(request, this.#sending);
        this.#cache.refreshed({ response, now: this.#now() });
      });
    }
    await this.#landed();
  }

  /** Finds out where the keys are, by the issuer's metadata: as seldom as keys are fetched. */
  async #find() {
    const now = this.#now();
    const { minRefreshInterval = 30 } = this.#options;
    if (this.#searched === undefined || now < this.#searched || now >= this.#searched + minRefreshInterval) {
      this.#searched = now;
      this.#start(async () => {
        const found = await discoverIssuer({ ...this.#sending, ...this.#options });
        // One that comes late changes nothing: what was taken belongs to the cache that is there.
        this.#cache ??= new idjag.KeySetCache({ ...this.#options, jwksUri: found.jwks_uri });
      });
    }
    await this.#landed();
  }

  #start(fetching) {
    const flight = fetching().catch((error) => this.#report(error)).then(() => {
      if (this.#flight === flight) this.#flight = undefined;
    });
    this.#flight = flight;
  }

  /** Waits for what is under way, but not longer than it may take: whoever started it may be gone, and it with them. */
  async #landed() {
    const limit = new TimeLimit(this.#sending.timeoutMs);
    try {
      await limit.race(this.#flight);
    } catch {
      // What the library says now is the answer.
    } finally {
      limit.clear();
    }
  }

  #report(error) {
    try {
      this.#onError?.(error);
    } catch {
      // Whoever logs must not decide.
    }
  }
}

/** The keys of several issuers: of those that are listed, and of nobody else. */
export class KeySets {
  #sources = new Map();

  constructor(sources) {
    for (const source of sources) {
      if (this.#sources.has(source.issuer)) throw invalid('issuer', 'the issuer is listed twice');
      this.#sources.set(source.issuer, source);
    }
  }

  async keys(issuer, kid) {
    const source = this.#sources.get(issuer);
    return source instanceof KeySetFetcher ? source.keys(kid) : source?.keys;
  }
}
