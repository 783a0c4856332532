// What an editor knows of the package, imported: compiled, never run.

import { backend, IdJagError, KeySet, thumbprintJwk, verifyIdJag } from 'idjag';
import * as manual from 'idjag/manual';
import * as wasm from 'idjag-wasm';

const which: 'native' | 'wasm' = backend;
// @ts-expect-error: the backend is one of two
const neither: 'python' = wasm.backend;

const keys = new KeySet({ issuer: 'https://idp.example/', jwks: { keys: [] }, algorithms: ['ES256', 'EdDSA'] });
const jkt: string = thumbprintJwk({ jwk: { kty: 'OKP' }, algorithms: ['EdDSA'] }).jkt;
keys.free();
keys[Symbol.dispose]();

// @ts-expect-error: an option of another name
new KeySet({ issuer: 'https://idp.example/', jwks: { keys: [] }, algorithms: ['ES256'], issuers: [] });
// @ts-expect-error: an algorithm that does not exist here
new KeySet({ issuer: 'https://idp.example/', jwks: { keys: [] }, algorithms: ['HS256'] });
// @ts-expect-error: options are missing
verifyIdJag({});

try {
  manual.instantiate(new Uint8Array()).parseJwks({ jwks: '{"keys":[]}', algorithms: ['ES256'] });
} catch (error) {
  if (error instanceof IdJagError && error.code === 'jwks_malformed') {
    const status: number | undefined = error.status;
    void status;
  }
  // @ts-expect-error: no such code
  if (error instanceof IdJagError && error.code === 'jwks_malforned') throw error;
}
void [which, neither, jkt];
