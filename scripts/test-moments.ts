import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * Breaks into rolls at many random moments: `npm run test:moments -- --count 200 --seed 7` aborts them over a cluster in
 * memory; with `--simulator` they are aborted, or their worker is killed, over the simulator.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
    simulator: { type: 'boolean', default: false },
  },
});
const [file, count, atOnce] = values.simulator
  ? ['test/processes/moments.test.ts', '20', '2']
  : ['test/workflows/moments.test.ts', '200', '16'];
const { status } = spawnSync('vitest', ['run', '--project', 'temporal', file, '--maxConcurrency', atOnce], {
  stdio: 'inherit',
  env: { ...process.env, STEPLADDER_MOMENTS: values.count ?? count, STEPLADDER_SEED: values.seed },
});
process.exitCode = status ?? 1;
