// The native addon for this machine, from the optional package that holds it.
//
// Each name is spelled out, so that tools which collect a program's files can follow it.

'use strict';

/* global IDJAG_VERSION, IDJAG_NATIVES -- written into the bundle: this package's version, and the packages it depends on. */

const PACKAGES = {
  'idjag-darwin-arm64': [() => require('idjag-darwin-arm64/package.json'), () => require('idjag-darwin-arm64')],
  'idjag-darwin-x64': [() => require('idjag-darwin-x64/package.json'), () => require('idjag-darwin-x64')],
  'idjag-linux-arm64-gnu': [() => require('idjag-linux-arm64-gnu/package.json'), () => require('idjag-linux-arm64-gnu')],
  'idjag-linux-arm64-musl': [() => require('idjag-linux-arm64-musl/package.json'), () => require('idjag-linux-arm64-musl')],
  'idjag-linux-x64-gnu': [() => require('idjag-linux-x64-gnu/package.json'), () => require('idjag-linux-x64-gnu')],
  'idjag-linux-x64-musl': [() => require('idjag-linux-x64-musl/package.json'), () => require('idjag-linux-x64-musl')],
  'idjag-win32-arm64-msvc': [() => require('idjag-win32-arm64-msvc/package.json'), () => require('idjag-win32-arm64-msvc')],
  'idjag-win32-x64-msvc': [() => require('idjag-win32-x64-msvc/package.json'), () => require('idjag-win32-x64-msvc')],
};

/** The addon; throws the first reason why there is none. */
exports.loadNative = () => {
  const platform = `${process.platform}-${process.arch}`;
  // A package that this one does not depend on is anybody's, whatever its name.
  const names = IDJAG_NATIVES.filter((name) => name === `idjag-${platform}` || name.startsWith(`idjag-${platform}-`));
  let reason = new Error(`there is no addon for ${platform}`);
  for (const [index, name] of names.entries()) {
    try {
      return loadPackage(name);
    } catch (error) {
      // On Linux, of two packages the package manager installs the one that fits.
      if (index === 0 || error.code !== 'MODULE_NOT_FOUND') reason = error;
    }
  }
  throw reason;
};

/** The addon of one package. One of another version is another library, and none of its code is run. */
function loadPackage(name) {
  const [manifest, addon] = PACKAGES[name];
  const { version } = manifest();
  if (version !== IDJAG_VERSION) {
    const reason = new Error(`${name} is of version ${version} and not ${IDJAG_VERSION}`);
    throw Object.assign(reason, { code: 'ERR_IDJAG_ADDON_VERSION' });
  }
  return addon();
}
