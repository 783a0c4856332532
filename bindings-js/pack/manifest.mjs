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

/** Whatever fetches what strangers name: each runtime has its own way to reach the public internet only. */
function publicFetch() {
  const own = (name) => `./adapters/public/${name}.mjs`;
  return {
    workerd: own('edge'),
    'edge-light': own('edge'),
    deno: own('none'),
    bun: own('none'),
    node: { import: own('node'), require: './adapters/public/node.cjs' },
    default: own('none'),
  };
}

/** The SDKs that `idjag/mcp` serves. It imports none of them: whoever uses it has one. */
const SDKS = {
  '@modelcontextprotocol/client': '^2.0.0',
  '@modelcontextprotocol/sdk': '^1.20.0',
  '@modelcontextprotocol/server': '^2.0.0',
};

/** The package `name` with the API in it; `modules` are the paths of its other entries, `natives` the names of its addons. */
export function apiPackage(name, description, version, modules, natives) {
  const exports = { '.': conditions(), './manual': everywhere('manual') };
  for (const path of modules) exports[`./${path.replace(/\/index$/, '')}`] = everywhere(path);
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
    imports: { '#api': conditions(), '#adapters': everywhere('adapters/index'), '#public-fetch': publicFetch() },
    sideEffects: false,
    peerDependencies: SDKS,
    peerDependenciesMeta: Object.fromEntries(Object.keys(SDKS).map((sdk) => [sdk, { optional: true }])),
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
