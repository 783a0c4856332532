// The clock and the source of random bytes that adapters use unless they are given others. The API itself has neither.

/** The present, in seconds since 1970. */
export function clock() {
  return Math.floor(Date.now() / 1000);
}

/** 32 random bytes. */
export function randomBytes() {
  return globalThis.crypto.getRandomValues(new Uint8Array(32));
}
