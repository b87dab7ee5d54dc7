/**
 * Serves a cluster with a large node group until its standard input ends, in a process of its own, so that the
 * worker's memory is the worker's alone. Prints the environment for a worker as one line of JSON.
 *
 * node bench/large-group/simulate.ts <nodes> <pods per node> <speed>
 */
import 'reflect-metadata';
import { startSimulator } from '../../simulator/start.ts';
import { largeGroup } from './scenario.ts';

const [nodes, podsPerNode, speed] = process.argv.slice(2).map(Number);
if (nodes === undefined || podsPerNode === undefined || speed === undefined) {
  throw new Error('nodes, Pods per node and speed must be given');
}
const simulator = await startSimulator({ scenario: largeGroup({ nodes, podsPerNode, speed }), speed });
process.stdout.write(`environment ${JSON.stringify(simulator.environment)}\n`);
process.once('SIGTERM', () => void simulator.close().then(() => process.exit(0)));
