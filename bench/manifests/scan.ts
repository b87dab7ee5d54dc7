/**
 * Scans manifests as `stepladder check --manifests` does, and nothing else of it: what the scan alone costs.
 *
 *   node bench/manifests/scan.ts FOLDER [--parse-all]
 */
import { kubernetesLifecycles } from '../../src/checks/removedApis/kubernetesLifecycles.ts';
import { scanManifests } from '../../src/manifests/index.ts';
import { benchVersions } from './benchManifests.ts';

const [folder = '.', flag] = process.argv.slice(2);
const { uses, problems, coverage } = await scanManifests([folder], {
  tables: [kubernetesLifecycles],
  ...benchVersions,
  observedAt: new Date().toISOString(),
  parseAll: flag === '--parse-all',
});
const removed = uses.length;
process.stdout.write(`${JSON.stringify({ removed, problems: problems.length, coverage })}\n`);
