/**
 * Writes the manifests that the scan is measured with, and says what it wrote.
 *
 *   node bench/manifests/generate.ts FOLDER
 */
import { benchManifests } from './benchManifests.ts';
import { writeManifests } from './writeManifests.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Say the folder to write into: node bench/manifests/generate.ts FOLDER\n');
  process.exitCode = 2;
} else process.stdout.write(`${JSON.stringify(writeManifests(folder, benchManifests))}\n`);
