// Bundles the workflows into dist/, so that a worker of a built installation starts without webpack at work.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '../src/temporal/logger.ts';
import { builtBundleName, bundleWorkflows } from '../src/temporal/workflowBundle.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist', builtBundleName);
const code = await bundleWorkflows(join(root, 'src/workflows/index.ts'), createLogger({ level: 'warn' }));
await mkdir(join(root, 'dist'), { recursive: true });
await writeFile(target, code);
console.error(`${target}: ${(code.length / 1e6).toFixed(1)} MB`);
