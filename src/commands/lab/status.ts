import { labsFolder } from '../../../lab/supervisor/state.ts';
import { statusOf, statusOfAll } from '../../../lab/supervisor/status.ts';
import type { LabStatus } from '../../../lab/supervisor/status.ts';
import { CommandFailed } from '../exitCodes.ts';
import type { LabStatusOptions } from '../lab.ts';
import { styleOf } from '../rendering/style.ts';
import type { Style } from '../rendering/style.ts';
import { table } from '../rendering/table.ts';
import type { Terminal } from '../terminal.ts';

/** Prints how a lab is, or all of them. */
export async function labStatus({ name, output }: LabStatusOptions, terminal: Terminal): Promise<void> {
  const labs = labsFolder();
  const style = styleOf(terminal.colors.out);
  if (name === undefined) {
    const all = await statusOfAll(labs);
    if (output === 'json') terminal.print(JSON.stringify(all));
    else if (all.length === 0) terminal.note('There is no lab.');
    else terminal.print(all.map((status) => describe(status, style)).join('\n\n'));
    return;
  }
  const status = await statusOf(labs, name);
  if (status === undefined)
    throw new CommandFailed(`There is no lab "${name}". Bring it up with: stepladder lab up --name ${name}`);
  terminal.print(output === 'json' ? JSON.stringify(status) : describe(status, style));
}

function describe(status: LabStatus, style: Style): string {
  const { name, phase, cluster, region, components, folder } = status;
  const lines = [
    `${style.title(name)}  ${phase}  cluster ${cluster} in ${region}, since ${status.startedAt}`,
  ];
  if (status.reason !== undefined) lines.push(status.reason);
  if (phase === 'crashed')
    lines.push(
      `The process that held it is gone; its log is ${folder}/supervisor.log. Take it down with: stepladder lab down --name ${name}`,
    );
  if (status.eksUrl !== undefined) lines.push(`EKS API         ${status.eksUrl}`);
  if (status.kubernetesUrl !== undefined) lines.push(`Kubernetes API  ${status.kubernetesUrl}`);
  if (status.kubeconfig !== undefined) lines.push(`kubeconfig      ${status.kubeconfig}`);
  const rows = components.map((each) => [each.name, each.version, String(each.pid), String(each.port ?? '')]);
  return [...lines, table(['COMPONENT', 'VERSION', 'PID', 'PORT'], rows, style)].join('\n');
}
