// Adapters: the input and output that the API itself never does, on top of it.

export { authorizedFetch, connect } from './client.mjs';
export { discoverIssuer } from './discover.mjs';
export { clientDocuments } from './documents.mjs';
export { downscope } from './downscope.mjs';
export { ReplayObject, durableObjectReplayStore } from './durable-object.mjs';
export { RevocationObject, durableObjectRevocationStore } from './durable-revocations.mjs';
export { identityProvider } from './idp.mjs';
export { KeySetFetcher, KeySets } from './keys.mjs';
export { toNodeHandler } from './node.mjs';
export { protectResource } from './protect.mjs';
export { memoryReplayStore, redisReplayStore } from './replay.mjs';
export { resourceAuthorizationServer } from './resource-as.mjs';
export { fetchedRevocations } from './fetched-revocations.mjs';
export { revocationPublisher } from './publish-revocations.mjs';
export { memoryRevocationStore, redisRevocationStore } from './revocations.mjs';
