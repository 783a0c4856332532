// Loaded before a program: no addon can be loaded.

const Module = require('node:module');
const load = Module._load;
Module._load = (request, ...rest) => {
  if (request.startsWith('idjag-')) throw new Error(`${request} is hidden`);
  return load(request, ...rest);
};
