import { resolve } from 'node:path';
import { findControlPlaneBinaries, findEtcd, findKwok } from '../../../lab/binaries/index.ts';
import { labReleases } from '../../../lab/releases.ts';
import { labsFolder } from '../../../lab/supervisor/state.ts';
import type { LabState } from '../../../lab/supervisor/state.ts';
import { up } from '../../../lab/supervisor/up.ts';
import { loadScenario } from '../../../scenario/scenario.ts';
import { environmentText } from '../environmentText.ts';
import { UsageError } from '../exitCodes.ts';
import type { LabUpOptions } from '../lab.ts';
import type { Terminal } from '../terminal.ts';
import { untilTold } from '../untilTold.ts';
import { adjusted } from './scenario.ts';

/** How many hops a lab can go without anything being built under way, unless `--to` says more. */
const hopsAtHand = 2;

/** Has the programs, brings the lab up, and prints what a worker's environment must hold. */
export async function labUp(options: LabUpOptions, terminal: Terminal): Promise<void> {
  const scenario = adjusted(loadScenario(options.scenario), options);
  const minors = minorsToHave(scenario.cluster.version, options.to);
  const told = untilTold();
  const log = (line: string): void => terminal.note(line);
  try {
    const source = { log, signal: told.signal };
    const etcd = await findEtcd(source);
    const kwok = await findKwok(source);
    for (const minor of minors) await findControlPlaneBinaries(minor, source);
    const { speed, port, kubernetesPort, journal } = options;
    const { state, already } = await up({
      labs: labsFolder(),
      name: options.name,
      options: {
        scenario,
        etcd,
        kwok,
        ...(speed === undefined ? {} : { speed }),
        ...(port === undefined ? {} : { eksPort: port }),
        ...(kubernetesPort === undefined ? {} : { kubernetesPort }),
        ...(journal === undefined ? {} : { journalFile: resolve(journal) }),
      },
      log,
      signal: told.signal,
    });
    terminal.print(environmentText(state.environment ?? {}, options.output));
    terminal.note(nextSteps(state, already, minors.at(-1) ?? scenario.cluster.version));
  } finally {
    told.release();
  }
}

function minorsToHave(from: string, to: string | undefined): string[] {
  const known = Object.keys(labReleases);
  const first = known.indexOf(from);
  if (first < 0) throw new UsageError(`The lab has no Kubernetes ${from}; it has ${known.join(', ')}.`);
  if (to === undefined) return known.slice(first, first + hopsAtHand + 1);
  const last = known.indexOf(to);
  if (last < first)
    throw new UsageError(
      `--to ${to} must be one of ${known.slice(first).join(', ')}, as the lab starts at ${from}.`,
    );
  return known.slice(first, last + 1);
}

function nextSteps({ name, cluster, kubeconfig }: LabState, already: boolean, target: string): string {
  const option = name === 'lab' ? '' : ` --name ${name}`;
  return [
    `The lab "${name}" is up${already ? ' already' : ''}: cluster ${cluster}.`,
    `  Set the environment:  eval "$(stepladder lab up${option})"`,
    '  Upgrade it:           stepladder worker &',
    `                        stepladder start --cluster ${cluster} --target ${target}`,
    `  Look at it:           kubectl --kubeconfig ${kubeconfig ?? ''} get nodes`,
    `  Take it down:         stepladder lab down${option}`,
  ].join('\n');
}
