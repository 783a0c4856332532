// For clients of the MCP TypeScript SDK, of its versions 1 and 2. The SDK itself is not imported.

export { assertion } from './assertion.mjs';
export { EXTENSION, withExtension } from './extension.mjs';
export { mcpFetch } from './fetch.mjs';
export { sharedIdentity } from './identity.mjs';
export { connectAll } from './servers.mjs';
