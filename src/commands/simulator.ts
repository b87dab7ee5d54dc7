import { InvalidArgumentError } from 'commander';
import { demoScenario } from './demo/demoScenario.ts';
import type { AddCommand } from './command.ts';
import { addOutputFlag } from './outputFlag.ts';
import type { OutputOptions } from './outputFlag.ts';
import { portNumber } from './ports.ts';

export interface SimulatorOptions extends OutputOptions {
  scenario: string;
  speed?: number;
  port?: number;
  kubernetesPort?: number;
  journal?: string;
}

export const addSimulator: AddCommand = (program, { terminal }) => {
  const command = program
    .command('simulator')
    .description('serve a simulated EKS and Kubernetes cluster on this machine, until SIGINT or SIGTERM')
    .option('--scenario <file>', 'what it starts with', demoScenario)
    .option('--speed <factor>', "simulated seconds in a real one (default: the scenario's)", speedFactor)
    .option('--port <port>', 'port of the EKS API (default: any free one)', portNumber)
    .option('--kubernetes-port <port>', 'port of the Kubernetes API (default: any free one)', portNumber)
    .option('--journal <file>', 'write every call that changes something there, one JSON object a line');
  addOutputFlag(command, 'the environment as one object', 'lines for a shell to evaluate').action(
    async (options: SimulatorOptions) => {
      const { hostSimulator } = await import('./hostSimulator.ts');
      await hostSimulator(options, terminal);
    },
  );
};

/** Reads `--speed`. */
export function speedFactor(value: string): number {
  const factor = Number(value);
  if (Number.isFinite(factor) && factor > 0 && factor <= 100_000) return factor;
  throw new InvalidArgumentError('It must be a number greater than 0, such as 60.');
}
