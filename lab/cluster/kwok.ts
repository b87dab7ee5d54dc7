import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScenarioTimings } from '../../scenario/scenario.ts';
import { startComponent } from '../controlPlane/component.ts';
import type { Component } from '../controlPlane/component.ts';
import { kubeconfigText } from '../controlPlane/credentials.ts';
import { kwokRelease } from '../releases.ts';
import { kubeletLabel, kubeletRuns, kwokConfiguration } from './stages.ts';

/** A kubelet's lease lasts so long, and is renewed four times in it. Seconds, as Kubernetes has it. */
const leaseSeconds = 40;

/** Starts KWOK, which is the kubelet of every node that has the label for it. */
export async function startKwok(options: {
  program: string;
  folder: string;
  cluster: { url: string; certificateAuthorityPem: string; token: string };
  timings: ScenarioTimings;
  speed: number;
}): Promise<Component> {
  const { program, folder, cluster, timings, speed } = options;
  await mkdir(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  const kubeconfig = join(folder, 'kwok.kubeconfig');
  const configuration = join(folder, 'kwok.yaml');
  await Promise.all([
    writeFile(
      kubeconfig,
      kubeconfigText({
        server: cluster.url,
        certificateAuthorityPem: cluster.certificateAuthorityPem,
        token: cluster.token,
      }),
      { mode: 0o600 },
    ),
    writeFile(configuration, kwokConfiguration(timings, speed)),
  ]);
  return startComponent({
    name: 'kwok',
    version: kwokRelease,
    program,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--config=${configuration}`,
      `--manage-nodes-with-label-selector=${kubeletLabel}=${kubeletRuns}`,
      `--node-lease-duration-seconds=${leaseSeconds}`,
      '--cidr=10.128.0.0/9',
    ],
    logFile: join(folder, 'logs', 'kwok.log'),
  });
}
