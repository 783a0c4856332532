// Mints the tokens of plan.json with npm's `jose`; the other half of tests/vectors/foreign/minted.json.
// Run by hand, never by the tests (see mint.py): it needs `jose` from npm and draws fresh keys.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
const plan = read(new URL('plan.json', import.meta.url))
const { version } = read(process.env.JOSE_PACKAGE ?? 'node_modules/jose/package.json')
const keys = []
const cases = []
for (const alg of plan.algorithms) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const proof = await generateKeyPair(alg, { extractable: true })
  const kid = `jose-${alg.toLowerCase()}`
  keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' })
  const tokens = {}
  for (const [kind, { typ, claims, expected }] of Object.entries(plan.kinds)) {
    const bound = kind === 'dpop'
    const payload = { ...claims }
    const wanted = { ...expected, algs: [alg] }
    if (bound) {
      payload.ath = createHash('sha256').update(tokens.access_token).digest('base64url')
      wanted.access_token = tokens.access_token
    }
    const header = bound ? { alg, typ, jwk: await exportJWK(proof.publicKey) } : { alg, typ, kid }
    tokens[kind] = await new SignJWT(payload).setProtectedHeader(header).sign(bound ? proof.privateKey : privateKey)
    cases.push({ id: `jose-${alg.toLowerCase()}-${kind}`, kind, token: tokens[kind], expected: wanted })
  }
}
console.log(JSON.stringify({ library: 'jose', version, jwks: { keys }, cases }))
