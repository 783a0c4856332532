// What package.json says, for each package.

/** How each runtime gets the API. The order is that of preference: the first condition that holds decides. */
function conditions() {
  const esm = (file) => ({ types: './index.d.ts', default: file });
  return {
    workerd: esm('./workerd.mjs'),
    'edge-light': esm('./edge-light.mjs'),
    deno: esm('./deno.mjs'),
    bun: esm('./bun.mjs'),
    node: { import: esm('./node.mjs'), require: { types: './index.d.cts', default: './node.cjs' } },
    browser: esm('./inline.mjs'),
    default: esm('./inline.mjs'),
  };
}

/** A module that is the same in every runtime, for `import` and for `require`. */
function everywhere(name) {
  return {
    import: { types: `./${name}.d.ts`, default: `./${name}.mjs` },
    require: { types: `./${name}.d.cts`, default: `./${name}.cjs` },
  };
}

const common = (version) => ({
  version,
  license: 'MIT OR Apache-2.0',
  repository: { type: 'git', url: 'git+https://github.com/idjag/idjag.git' },
  engines: { node: '>=20' },
});

/** The package `name` with the API in it; `adapters` are the names of its adapter modules, `natives` of its addons. */
export function apiPackage(name, description, version, adapters, natives) {
  const exports = { '.': conditions(), './manual': everywhere('manual') };
  for (const adapter of adapters) {
    const path = `adapters/${adapter}`;
    exports[adapter === 'index' ? './adapters' : `./${path}`] = everywhere(path);
  }
  return {
    name,
    description,
    ...common(version),
    keywords: ['oauth', 'id-jag', 'mcp', 'jwt', 'dpop'],
    type: 'module',
    main: './node.cjs',
    types: './index.d.cts',
    exports: { ...exports, './idjag.wasm': './idjag.wasm', './package.json': './package.json' },
    // Adapters use the API of the same runtime, and share its instance.
    imports: { '#api': conditions() },
    sideEffects: false,
    optionalDependencies: Object.fromEntries(natives.map((native) => [native, version])),
  };
}

/** The package of the addon for one platform, named after `platform`: os, architecture and, on Linux, the C library. */
export function nativePackage(platform, version) {
  const [os, cpu, abi] = platform.split('-');
  return {
    name: `idjag-${platform}`,
    description: `The native addon of idjag for ${platform}.`,
    ...common(version),
    os: [os],
    cpu: [cpu],
    ...(os === 'linux' && { libc: [abi === 'gnu' ? 'glibc' : 'musl'] }),
    type: 'commonjs',
    main: './idjag.node',
    files: ['idjag.node'],
  };
}
