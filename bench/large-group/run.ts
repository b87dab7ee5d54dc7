/**
 * Rolls node groups of growing sizes in the simulator and prints what each cost: `npm run bench:large-group`.
 * docs/performance.md has figures and says how to read them.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startEmbeddedServer } from '../../src/temporal/embedded.ts';
import { rollOnce } from './rollOnce.ts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '1250,2500,5000' },
    'pods-per-node': { type: 'string', default: '5' },
    strategy: { type: 'string', default: 'managed' },
    speed: { type: 'string', default: '60' },
    launcher: {
      type: 'string',
      default: fileURLToPath(new URL('../../bin/stepladder.js', import.meta.url)),
    },
  },
});
const sizes = values.nodes.split(',').map(Number);
const podsPerNode = Number(values['pods-per-node']);
const speed = Number(values.speed);
if ([...sizes, podsPerNode, speed].some((value) => !(value > 0))) {
  throw new Error('--nodes, --pods-per-node and --speed must be numbers greater than 0');
}

const server = await startEmbeddedServer({ port: 0, uiPort: 0, log: (line) => console.error(line) });
try {
  console.log(
    'nodes\tstrategy\toutcome\tseconds\tms per node\tworker MB before\tworker MB at most\truns\tlongest history',
  );
  for (const nodes of sizes) {
    const roll = await rollOnce(server, {
      nodes,
      podsPerNode,
      strategy: values.strategy,
      speed,
      launcher: values.launcher,
    });
    console.log(
      [
        nodes,
        values.strategy,
        roll.outcome,
        roll.seconds.toFixed(1),
        ((roll.seconds * 1000) / nodes).toFixed(1),
        roll.workerBefore,
        roll.workerMost,
        roll.histories.length,
        `${roll.histories[0]?.events ?? 0} (${roll.histories[0]?.workflowId ?? ''})`,
      ].join('\t'),
    );
  }
} finally {
  await server.close();
}
