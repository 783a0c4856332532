// The MCP extension that says that a client's authorization is managed by its enterprise.

/** The identifier of the extension. */
export const EXTENSION = 'io.modelcontextprotocol/enterprise-managed-authorization';

/** `capabilities` of a client with the extension declared among them. */
export function withExtension(capabilities = {}) {
  return { ...capabilities, extensions: { ...capabilities.extensions, [EXTENSION]: {} } };
}
