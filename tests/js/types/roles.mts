// What an editor knows of the roles and their steps: compiled, never run.

import {
  Connection, IdentityProvider, IdJagError, KeySet, KeySetCache, MemoryReplayStore, PendingGrant, PendingSignature, Policy,
  ResourceAuthorizationServer, ResourceServer, RevocationList, SigningKey, exchangeRequest, signDpop, toRequest, toResponse, verifyIdJag,
} from 'idjag';
import type { ArrivedRequest, Client, ClientRecord, DecisionRecord, ErrorCode, HttpAnswer, RegisteredClient } from 'idjag';

declare const server: ResourceAuthorizationServer;
declare const idp: IdentityProvider;
declare const resource: ResourceServer;
declare const keys: KeySet;
declare const policy: Policy;
declare const signer: SigningKey;
declare const client: Client;
declare const registered: RegisteredClient;
declare const record: ClientRecord;
declare const request: Request;
declare const cache: KeySetCache;
const now: number = 1_700_000_000.5;

// Requests: header fields in every form that hosts have, bodies as text or bytes.
const arrived: readonly ArrivedRequest[] = [
  { method: 'GET' },
  { method: 'POST', url: 'https://x.example', headers: [['a', 'b']], body: 'text' },
  { method: 'POST', headers: request.headers, body: new Uint8Array(1) },
  { method: 'POST', headers: { a: 'b', c: ['d', 'e'], f: undefined }, body: new ArrayBuffer(1) },
  { method: 'POST', headers: new Map([['a', 'b']]), body: undefined },
];
const read: Promise<ArrivedRequest> = toRequest(request, 'https://x.example/token');
// @ts-expect-error: a Web request is read by `toRequest`
server.parse(request.body, { now });
// @ts-expect-error: the method is missing
server.parse({ body: '' }, { now });
// @ts-expect-error: the time is never a default
server.parse({ method: 'POST' }, {});
// @ts-expect-error: the time is a number of seconds
server.parse({ method: 'POST' }, { now: new Date() });

// A redemption, in its order.
const pending = server.parse(arrived[0]!, { now });
const issuer: string = pending.needs.issuer;
const kid: string | undefined = pending.needs.kid;
const verified = pending.verify({ keys, client: registered, now });
pending.verify({ keys: null, client: record, nonce: { current: 'n' }, now });
const granted = verified.authorize({ account: { subject: verified.claims.sub, groups: ['a'] }, policy, now });
const spent = granted.spend({ answers: granted.replayKeys.map(() => 'first' as const) });
const issued = spent.issue({ signer, random: new Uint8Array(12), now });
const response: HttpAnswer = issued.response;
const kept: DecisionRecord = issued.record;
const elsewhere: PendingSignature = spent.issue({ key: { kty: 'EC' }, tokenId: 'id', now });
const bytes: Uint8Array = elsewhere.signingInput;
elsewhere.attach(new Uint8Array(64)).response.status.toFixed();
elsewhere.attach('base64url');
const web: Response = toResponse(response);
// @ts-expect-error: a step is made by the step before it
new PendingGrant();
// @ts-expect-error: `verify` comes before `authorize`
pending.authorize({ now });
// @ts-expect-error: protocol data is snake_case
verified.claims.clientId;
// @ts-expect-error: a policy is no key set
pending.verify({ keys: policy, now });
// @ts-expect-error: a client that sends requests is no client's registration
pending.verify({ keys, client, now });
// @ts-expect-error: a store says one of three things
granted.spend({ answers: ['yes'] });
// @ts-expect-error: signed by `signer` or by `key`
spent.issue({ tokenId: 'id', now });
// @ts-expect-error: an object that looks like the step is not the step
const forged: PendingGrant = { needs: pending.needs, verify: () => verified };
// @ts-expect-error: what a step says cannot be changed
pending.needs = { issuer: '', client_id: '' };

// An exchange, and its other way.
const exchange = idp.parse(arrived[0]!, { now }).verify({ keys, actorKeys: keys, client: record, now });
const target = exchange.target({ policy });
const audience: string = target.audience;
target.authorize({ user: { subject: 'x' }, now }).spend({ answers: [] }).issue({ signer, tokenId: 'x', now });
const refresh = exchange.refresh({ policy, offered: 'openid offline_access' }).spend({ answers: [] });
const bound: string | undefined = refresh.boundTo;
refresh.respond({ refreshToken: 'opaque', expiresIn: 3600, now }).record.outcome;
idp.parseClient(arrived[0]!, { now }).authenticate({ client: registered, now }).spend({ answers: [] }).client_id;
// @ts-expect-error: what the grant is for is found by a policy
exchange.target({});
// @ts-expect-error: a refresh token is handed out, not signed
refresh.issue({ signer, tokenId: 'x', now });

// A call.
const access = resource.parse(arrived[0]!, { now }).verify({ keys, now });
const tools: readonly string[] = access.permitsTools({ tools: ['a'] }).tools;
const passed = access.authorize({ now }).spend({ answers: [] });
const subject: unknown = passed.claims['sub'];

// A revocation.
const revoked = new RevocationList({ now, maxStale: 10 });
const given = server.parseRevocation(arrived[0]!, { now }).verify({ keys, client: record, now }).spend({ answers: [] });
revoked.add({ entries: [...given.entries], now });
given.conclude({ stored: 'stored' }).response.status;
resource.parse(arrived[0]!, { now }).verify({ keys, revocations: revoked, now });
const scopes: readonly string[] = resource.verifyBearer({ token: '', keys, revocations: revoked, now }).scopes;
// @ts-expect-error: it was stored, or nobody knows
given.conclude({ stored: 'perhaps' });
// @ts-expect-error: what was revoked is no key set
resource.parse(arrived[0]!, { now }).verify({ keys, revocations: keys, now });

// Functions, and objects beside the roles.
verifyIdJag({ token: '', issuer: '', audience: '', clientId: '', algorithms: ['ES256'], keys, now });
verifyIdJag({ token: '', issuer: '', audience: '', clientId: '', algorithms: ['ES256'], keys: '{"keys":[]}', now }).claims.jti;
// @ts-expect-error: who signs is not left out
signDpop({ method: 'POST', url: 'https://x.example', random: new Uint8Array(32), now });
// @ts-expect-error: a proof is signed by a `SigningKey`
exchangeRequest({ dpop: keys });
const served: KeySet = cache.keys({ now });
const generation: number = cache.keys({ now }).generation;
const answer: string = new MemoryReplayStore({ capacity: 1 }).firstUse({ name: '', retainUntil: now, now }).answer;
new Connection({ client, resource: 'https://x.example/', challenge: { status: 401, headers: request.headers } });
// @ts-expect-error: a connection belongs to a client
new Connection({ resource: 'https://x.example/' });
// @ts-expect-error: Python's spelling
new MemoryReplayStore({ capacity: 1 }).first_use({ name: '', retainUntil: now, now });

const failed = new IdJagError({ code: 'store_unavailable', message: 'down', oauth: 'temporarily_unavailable' });
const code: ErrorCode = failed.code;
const refusal: HttpAnswer | undefined = failed.response;
// @ts-expect-error: no such code
new IdJagError({ code: 'stored_unavailable', message: 'down' });

void [read, issuer, kid, kept, bytes, web, forged, audience, bound, tools, subject, served, generation, answer, code, refusal, scopes];
