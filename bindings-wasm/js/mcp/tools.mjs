// The table of tools and the tools that are registered say the same of what a tool changes.

import { invalid } from '../adapters/options.mjs';

/**
 * Makes `registerTool` of an `McpServer` refuse what contradicts the table `access`, and answers the server: what the table
 * calls read-only is annotated so, and what it calls anything else is not.
 */
export function checkAnnotations(mcpServer, access) {
  const tools = new Map(Object.entries(access?.tools ?? {}));
  const register = mcpServer.registerTool;
  mcpServer.registerTool = (name, config, ...rest) => {
    const { readOnly } = tools.get(name) ?? {};
    const isAnnotated = config?.annotations?.readOnlyHint === true;
    if (typeof readOnly === 'boolean' && readOnly !== isAnnotated) {
      throw invalid(`access/tools/${name}/readOnly`, "the annotation 'readOnlyHint' of the tool says the opposite");
    }
    return register.call(mcpServer, name, config, ...rest);
  };
  if (typeof mcpServer.tool === 'function') {
    mcpServer.tool = (name) => {
      throw invalid(`tool/${name}`, 'tools are registered by registerTool, where their annotations are checked');
    };
  }
  return mcpServer;
}
