/**
 * Records the histories of upgrades at every open gate and for every outcome into test/histories/, which the tests
 * replay with the code of the day: `npm run record:histories`. Names of scenarios behind `--` record those alone. The
 * activities are scripted, so no cluster is needed.
 *
 * Recorded histories are only ever added or, once no upgrade of that age can be running any more, removed: a history
 * that no longer replays says that a running upgrade would not survive the change (docs/architecture.md, "Changing
 * workflows while upgrades run"). So what is there already is left as it is. The folder is named for the release that
 * recorded it.
 */
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowHandle } from '@temporalio/client';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedServer } from '../src/temporal/embedded.ts';
import { openWorkbench } from '../test/workflows/harness.ts';
import { recordedScenarios } from '../test/workflows/recorded/index.ts';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
const folder = join(root, 'test', 'histories', version);
await mkdir(folder, { recursive: true });
const there = new Set(await readdir(folder));

const names = process.argv.slice(2);
const unknown = names.filter((name) => !recordedScenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  throw new Error(
    `There is no scenario ${unknown.join(', ')}; there are: ${recordedScenarios.map(({ name }) => name).join(', ')}`,
  );
}

const server = await startEmbeddedServer({ port: 0, uiPort: 0, log: console.error });
const workbench = await openWorkbench(server.address);

/** Which process ran a step, and where in its files it failed, are the recording machine's own affair: no replay needs it. */
function withoutTraces(key: string, value: unknown): unknown {
  return ['identity', 'stackTrace', 'binaryChecksum', 'buildId'].includes(key) && typeof value === 'string'
    ? ''
    : value;
}

async function keep(handle: WorkflowHandle, name: string): Promise<void> {
  const file = `${name}.json`;
  if (there.has(file)) {
    console.error(`${name} is there already`);
    return;
  }
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  const text = JSON.stringify({ workflowId: handle.workflowId, history }, withoutTraces);
  // A sticky task queue is named for the process and the host.
  await writeFile(join(folder, file), `${text.replaceAll(/\b\d+@[\w.-]+/g, 'worker')}\n`);
  console.error(`recorded ${name}`);
}

for (const scenario of recordedScenarios) {
  if (names.length > 0 && !names.includes(scenario.name)) continue;
  const handles = await scenario.reach(workbench, keep);
  for (const [name, handle] of Object.entries(handles)) await keep(handle, name);
}
await workbench.close();
await server.close();
