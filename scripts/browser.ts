import { accessSync, constants } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Where Debian and Ubuntu put Chromium; STEPLADDER_CHROMIUM names another. */
const chromiumPath = process.env['STEPLADDER_CHROMIUM'] ?? '/usr/bin/chromium';

/** Starts the system's Chromium without a window. Throws with the package to install when it is not there. */
export async function openBrowser(): Promise<Browser> {
  try {
    accessSync(chromiumPath, constants.X_OK);
  } catch (error) {
    throw new Error(
      `There is no Chromium at ${chromiumPath}. Install it: apt-get install chromium (or name one: STEPLADDER_CHROMIUM=/path/to/chromium)`,
      { cause: error },
    );
  }
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      // Chromium's own sandbox does not work for root or in most containers, and the pages are our own.
      '--no-sandbox',
      '--disable-gpu',
      // It asks nobody but the page's server for anything.
      ...['--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  });
}
