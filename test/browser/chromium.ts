/** The machine's own Chromium or Chrome, driven by playwright-core, which brings none. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

// What Chromium asks of its maker's hosts by itself is switched off: a test talks to this machine.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts it without a window; close it in `afterAll`. */
export function startChromium(): Promise<Browser> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const executablePath = [...paths, ...ELSEWHERE].find(isProgram);
  if (executablePath === undefined) {
    throw new Error('no Chromium found: apt-get install -y chromium (or brew install chromium)');
  }
  return chromium.launch({ executablePath, args: QUIET, headless: true });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
