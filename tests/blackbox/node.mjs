// The black-box adapter of the native addon: `node tests/blackbox/node.mjs` where the package `idjag` is installed.

process.env.IDJAG_BACKEND = 'native';
const { serve } = await import('./serve.mjs');
await serve('idjag');
