import { InvalidArgumentError, Option } from 'commander';
import { demoScenario } from './demo/demoScenario.ts';
import type { AddCommand } from './command.ts';
import { addOutputFlag } from './outputFlag.ts';
import type { OutputOptions } from './outputFlag.ts';
import { portNumber } from './ports.ts';
import { speedFactor } from './simulator.ts';

export interface LabUpOptions extends OutputOptions {
  name: string;
  scenario: string;
  from?: string;
  to?: string;
  nodes?: number;
  speed?: number;
  port?: number;
  kubernetesPort?: number;
  journal?: string;
}

export interface LabDownOptions {
  name: string;
  all?: boolean;
}

export interface LabStatusOptions extends OutputOptions {
  name?: string;
}

export interface LabBuildOptions extends OutputOptions {
  minor: string[];
}

const defaultName = 'lab';

export const addLab: AddCommand = (program, { terminal }) => {
  const lab = program
    .command('lab')
    .description(
      'a real Kubernetes control plane on this machine, behind the EKS API: up, status, down, build',
    );
  const named = () => new Option('--name <name>', 'which lab').argParser(labName);

  const up = lab
    .command('up')
    .description('bring a lab up; it stays until `lab down`')
    .addOption(named().default(defaultName))
    .option('--scenario <file>', 'what it starts with', demoScenario)
    .option('--from <minor>', "minor version to start at (default: the scenario's)", minorVersion)
    .option(
      '--to <minor>',
      'have the programs of all minors up to this one (default: two hops)',
      minorVersion,
    )
    .option('--nodes <count>', 'nodes in its node groups together (default: as in the scenario)', nodeCount)
    .option('--speed <factor>', "scenario seconds in a real one (default: the scenario's)", speedFactor)
    .option('--port <port>', 'port of the EKS API (default: any free one)', portNumber)
    .option('--kubernetes-port <port>', 'port of the Kubernetes API (default: any free one)', portNumber)
    .option('--journal <file>', 'write every call that changes something there, one JSON object a line');
  addOutputFlag(up, 'the environment as one object', 'lines for a shell to evaluate').action(
    async (options: LabUpOptions) => {
      const { labUp } = await import('./lab/up.ts');
      await labUp(options, terminal);
    },
  );

  lab
    .command('down')
    .description('take a lab down, also one that has crashed')
    .addOption(named().default(defaultName))
    .option('--all', 'every lab of this user')
    .action(async (options: LabDownOptions) => {
      const { labDown } = await import('./lab/down.ts');
      await labDown(options, terminal);
    });

  const status = lab.command('status').description('how a lab is, or all of them').addOption(named());
  addOutputFlag(status, 'one object, or a list of all').action(async (options: LabStatusOptions) => {
    const { labStatus } = await import('./lab/status.ts');
    await labStatus(options, terminal);
  });

  const build = lab
    .command('build')
    .description('have all programs that a lab needs at hand: fetch or build what is not there')
    .option(
      '--minor <minor...>',
      'minor versions (default: those that the tests use)',
      (value: string, before: string[]) => [...before, minorVersion(value)],
      [] as string[],
    );
  addOutputFlag(build, 'one object a package').action(async (options: LabBuildOptions) => {
    const { labBuild } = await import('./lab/build.ts');
    await labBuild(options, terminal);
  });
};

/** Reads `--name`: it is also the name of a folder. */
function labName(value: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,40}$/.test(value)) return value;
  throw new InvalidArgumentError('It must be 1 to 41 lower-case letters, digits or "-".');
}

function minorVersion(value: string): string {
  if (/^1\.\d{1,3}$/.test(value)) return value;
  throw new InvalidArgumentError('It must be a minor version such as 1.31.');
}

function nodeCount(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
}
