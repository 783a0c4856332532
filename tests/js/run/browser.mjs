// Where a Chromium is that can be started: named in the environment, or where systems install it.

import { existsSync } from 'node:fs';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const executablePath = PLACES.find((path) => path && existsSync(path));
if (!executablePath) throw new Error('no Chromium: install the package `chromium`, or name its program in CHROMIUM');
