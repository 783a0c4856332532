// What an editor knows of the package, required: compiled, never run.

import idjag = require('idjag');
import manual = require('idjag/manual');

const which: 'native' | 'wasm' = idjag.backend;
const keys = new idjag.KeySet({ issuer: 'https://idp.example/', jwks: { keys: [] }, algorithms: ['ES256'] });
const kids: readonly (string | null)[] = keys.keys.map((key) => key.kid);
const api: manual.Api = manual.instantiate(new Uint8Array());
// @ts-expect-error: an option is missing
idjag.thumbprintJwk({});
void [which, kids, api];
