// Takes a picture of a page of the Temporal UI with Debian's Chromium:
//   npm run screenshot -- --url http://127.0.0.1:8233/namespaces/default/workflows/… --out docs/images/temporal-ui.png
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './browser.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    out: { type: 'string' },
    /** Waited for before the picture is taken. */
    'wait-for': { type: 'string', default: 'main' },
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '1000' },
    'full-page': { type: 'boolean', default: false },
  },
});
if (values.url === undefined || values.out === undefined) {
  console.error(
    'usage: screenshot --url URL --out FILE [--wait-for SELECTOR] [--width N] [--height N] [--full-page]',
  );
  process.exit(2);
}

/** How long the page is given to draw what it has fetched. */
const settleMs = 3_000;

const browser = await openBrowser();
try {
  const page = await browser.newPage({
    viewport: { width: Number(values.width), height: Number(values.height) },
    colorScheme: 'light',
  });
  const response = await page.goto(values.url);
  if (response?.ok() === false) throw new Error(`${values.url} answers ${response.status()}`);
  await page.locator(values['wait-for']).first().waitFor();
  // The UI fetches a workflow's data, and draws it, after its frame; and it never stops asking for news.
  await page.waitForTimeout(settleMs);
  await mkdir(dirname(values.out), { recursive: true });
  await page.screenshot({ path: values.out, fullPage: values['full-page'] });
  console.error(values.out);
} finally {
  await browser.close();
}
