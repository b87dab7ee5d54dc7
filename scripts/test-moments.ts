import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Aborts rolls at many random moments: `npm run test:moments -- --count 200 --seed 7`. */
const { values } = parseArgs({
  options: { count: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const { status } = spawnSync(
  'vitest',
  ['run', '--project', 'temporal', 'test/workflows/moments.test.ts', '--maxConcurrency', '4'],
  {
    stdio: 'inherit',
    env: { ...process.env, STEPLADDER_MOMENTS: values.count, STEPLADDER_SEED: values.seed },
  },
);
process.exitCode = status ?? 1;
