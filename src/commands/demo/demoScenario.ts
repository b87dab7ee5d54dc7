import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The scenario file of the demo; it stands beside the sources, also when what runs is the built program in dist/. */
export const demoScenario: string =
  ['../../../', '../../../../']
    .map((root) => fileURLToPath(new URL(`${root}scenario/demo.yaml`, import.meta.url)))
    .find((path) => existsSync(path)) ?? 'scenario/demo.yaml';
