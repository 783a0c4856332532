// Signing an answer: by a key in this process, or by whoever holds the key.

import * as idjag from '#api';
import { current, demand } from './respond.mjs';

/**
 * The signed answer of the step `spent`. `signer` is a `SigningKey`, or `{ publicJwk, sign }` around a key elsewhere,
 * whose `sign` answers the signature as JWS has it: for ES256 the 64 bytes that WebCrypto makes.
 */
export async function issue(spent, signer, options) {
  const by = await current(signer);
  if (by instanceof idjag.SigningKey) return spent.issue({ ...options, signer: by });
  const pending = spent.issue({ ...options, key: by.publicJwk });
  return pending.attach(await demand(by.sign, pending.signingInput));
}
