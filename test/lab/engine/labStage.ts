import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { execa } from 'execa';
import { inject } from 'vitest';
import type { MutationRecord } from '../../../eks-api/index.ts';
import { workerEnvironment } from '../../../src/commands/demo/workerEnvironment.ts';
import type { RequestInput } from '../../../src/contract/request.ts';
import type { WorkflowType } from '../../../src/contract/workflowTypes.ts';
import { connectTemporal, explicitTemporal } from '../../../src/temporal/connection.ts';
import { readJournal } from '../../processes/journal.ts';
import { watchedUpgrade } from '../../processes/upgrade.ts';
import type { Upgrade } from '../../processes/upgrade.ts';
import { launcher, startWorkerProcess } from '../../processes/workerProcess.ts';
import type { WorkerProcess } from '../../processes/workerProcess.ts';
import type { ClusterAddress } from './outsideClient.ts';

/** A part of the control plane as `lab status` tells of it. */
export interface LabComponent {
  name: string;
  version: string;
  pid: number;
  port?: number;
}

/** A lab that was brought up as a user does it, and what upgrades it: a worker of its own, which knows EKS alone. */
export interface LabStage {
  /** Seconds that `lab up` took. */
  upSeconds: number;
  /** For an outside client: the administrator's way in. */
  address: ClusterAddress;
  /** What the worker's environment holds to reach EKS. */
  environment: Record<string, string>;
  components(): Promise<LabComponent[]>;
  startWorker(): Promise<WorkerProcess>;
  /** Starts `upgradeCluster`, or another workflow that a person may start. */
  start(
    request: Partial<RequestInput> & { cluster: { name: string } },
    workflowType?: WorkflowType,
  ): Promise<Upgrade>;
  journal(): Promise<MutationRecord[]>;
}

/**
 * Brings a lab up by the command line.
 *
 * @param onEnd is given what takes everything down, as soon as there is something
 */
export async function setLabStage(
  scenario: string,
  onEnd: (clear: () => Promise<void>) => void,
): Promise<LabStage> {
  const cleanups: (() => Promise<unknown>)[] = [];
  onEnd(async () => {
    for (const clear of cleanups.reverse()) await clear();
  });
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-lab-test-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const evidenceFolder = join(folder, 'evidence');
  const emptyFile = join(folder, 'empty');
  const journalFile = join(folder, 'journal.jsonl');
  await Promise.all([mkdir(evidenceFolder), writeFile(emptyFile, ''), writeFile(journalFile, '')]);

  const name = `test-${randomUUID().slice(0, 8)}`;
  cleanups.push(() => stepladder('lab', 'down', '--name', name));
  const began = Date.now();
  const up = await stepladder(
    ...['lab', 'up', '--name', name, '--scenario', scenario, '--journal', journalFile, '-o', 'json'],
  );
  const upSeconds = (Date.now() - began) / 1000;
  const eks = JSON.parse(up) as Record<string, string>;
  const status = async () =>
    JSON.parse(await stepladder('lab', 'status', '--name', name, '-o', 'json')) as {
      kubeconfig: string;
      components: LabComponent[];
    };
  const address = addressOf((await status()).kubeconfig);

  const { address: temporalAddress, namespace } = inject('temporal');
  const temporal = await connectTemporal(explicitTemporal(temporalAddress, namespace));
  cleanups.push(() => temporal.close());
  const taskQueue = `lab-${randomUUID()}`;
  const environment = workerEnvironment(process.env, {
    address: temporalAddress,
    namespace,
    simulator: eks,
    evidenceFolder,
    emptyFile,
  });
  return {
    upSeconds,
    address,
    environment,
    components: async () => (await status()).components,
    async startWorker() {
      const worker = await startWorkerProcess(environment, taskQueue);
      cleanups.push(() => worker.kill());
      return worker;
    },
    async start(request, workflowType = 'upgradeCluster') {
      const handle = await temporal.client.workflow.start(workflowType, {
        taskQueue,
        workflowId: `upgrade-${randomUUID()}`,
        args: [request],
      });
      return watchedUpgrade(temporal.client, handle);
    },
    journal: () => readJournal(journalFile),
  };
}

async function stepladder(...args: string[]): Promise<string> {
  const { stdout } = await execa(process.execPath, [launcher, ...args], { stdin: 'ignore' });
  return stdout;
}

function addressOf(kubeconfig: string): ClusterAddress {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  return {
    url: cluster?.server ?? '',
    certificateAuthorityPem: Buffer.from(cluster?.caData ?? '', 'base64').toString('utf8'),
    token: config.getCurrentUser()?.token ?? '',
  };
}
