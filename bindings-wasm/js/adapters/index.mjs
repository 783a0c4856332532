// Adapters: the input and output that the API itself never does, on top of it.

export { memoryReplayStore, redisReplayStore } from './replay.mjs';
export { resourceAuthorizationServer } from './resource-as.mjs';
export { protectResource } from './protect.mjs';
export { toNodeHandler } from './node.mjs';
