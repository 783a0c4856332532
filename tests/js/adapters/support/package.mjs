// The package under test: `idjag`, or `idjag-wasm` where the environment says `IDJAG_BACKEND=wasm`.

const name = process.env.IDJAG_BACKEND === 'wasm' ? 'idjag-wasm' : 'idjag';

export const idjag = await import(name);
export const adapters = await import(`${name}/adapters`);
