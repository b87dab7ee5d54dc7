import { demoScenario } from './demo/demoScenario.ts';
import type { AddCommand } from './command.ts';
import { speedFactor } from './simulator.ts';

export interface DemoOptions {
  strategy: string;
  target?: string;
  scenario: string;
  yes?: boolean;
  stay?: boolean;
  speed?: number;
}

const description = [
  'upgrade a simulated cluster on this machine: an embedded Temporal server with its UI, a simulated EKS cluster and a worker are started for it, and removed afterwards',
  'Nothing real is touched: TEMPORAL_*, AWS_* and KUBECONFIG of your environment are not used.',
  'On a terminal you are asked for approvals; elsewhere, or with --yes, the demo gives them itself.',
].join('\n\n');

export const addDemo: AddCommand = (program, { terminal, endWith }) => {
  program
    .command('demo')
    .summary('upgrade a simulated cluster on this machine, with everything that it takes')
    .description(description)
    .option(
      '--strategy <name>',
      'how workers are replaced; "blue-green" moves everything to a new cluster, under load all the while',
      'managed',
    )
    .option('--target <version>', 'Kubernetes minor version to reach (default: 1.33; 1.34 for "blue-green")')
    .option('--scenario <file>', 'the simulated cluster to start with', demoScenario)
    .option('--yes', 'give all approvals without asking')
    .option('--stay', 'start no upgrade; keep all up to play with from the Temporal UI and CLI')
    .option('--speed <factor>', 'simulated seconds in a real one', speedFactor)
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('./demo/runDemo.ts');
      endWith(await runDemo(options, terminal));
    });
};
