// The package under test, as installed; `IDJAG_BACKEND` in the environment says over which backend.

export * as idjag from 'idjag';
export * as adapters from 'idjag/adapters';
