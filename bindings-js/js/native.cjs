// The native addon for this machine, from the optional package that holds it.
//
// Each name is spelled out, so that tools which collect a program's files can follow it.

'use strict';

const PACKAGES = {
  'darwin-arm64': [() => require('idjag-darwin-arm64')],
  'darwin-x64': [() => require('idjag-darwin-x64')],
  'linux-arm64': [() => require('idjag-linux-arm64-gnu'), () => require('idjag-linux-arm64-musl')],
  'linux-x64': [() => require('idjag-linux-x64-gnu'), () => require('idjag-linux-x64-musl')],
  'win32-arm64': [() => require('idjag-win32-arm64-msvc')],
  'win32-x64': [() => require('idjag-win32-x64-msvc')],
};

/** The addon; throws the first reason why there is none. */
exports.loadNative = () => {
  const platform = `${process.platform}-${process.arch}`;
  const packages = PACKAGES[platform] ?? [];
  let reason = new Error(`there is no addon for ${platform}`);
  for (const [index, load] of packages.entries()) {
    try {
      return load();
    } catch (error) {
      // On Linux, of two packages the package manager installs the one that fits.
      if (index === 0 || error.code !== 'MODULE_NOT_FOUND') reason = error;
    }
  }
  throw reason;
};
