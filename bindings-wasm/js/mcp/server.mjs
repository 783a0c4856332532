// For servers of the MCP TypeScript SDK, of its versions 1 and 2. The SDK itself is not imported.

export { protectMcp } from './guard.mjs';
export { mcpMiddleware } from './node.mjs';
export { checkAnnotations } from './tools.mjs';
export { tokenVerifier } from './verifier.mjs';
