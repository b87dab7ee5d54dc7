import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { findKubectl } from '../../../lab/binaries/index.ts';
import type { ClusterAddress } from '../engine/outsideClient.ts';

/** The real kubectl, as somebody beside the engine uses it. */
export interface Kubectl {
  /** Runs it and resolves with its exit code, whatever that is; a text in its output may tell why. */
  run(...args: string[]): Promise<{ exitCode: number; output: string }>;
  /** Path of its kubeconfig, with the context `lab`. */
  kubeconfig: string;
  remove(): Promise<void>;
}

export async function kubectlOf({ url, certificateAuthorityPem, token }: ClusterAddress): Promise<Kubectl> {
  const program = await findKubectl({ log: () => undefined });
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-kubectl-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const certificateAuthorityData = Buffer.from(certificateAuthorityPem).toString('base64');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'lab',
      clusters: [
        { name: 'lab', cluster: { server: url, 'certificate-authority-data': certificateAuthorityData } },
      ],
      users: [{ name: 'lab', user: { token } }],
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    }),
    { mode: 0o600 },
  );
  return {
    kubeconfig,
    async run(...args) {
      const { exitCode, all } = await execa(program, ['--kubeconfig', kubeconfig, ...args], {
        reject: false,
        all: true,
        stdin: 'ignore',
        env: { KUBECTL_EXTERNAL_DIFF: 'diff -rq', HOME: folder },
      });
      return { exitCode: exitCode ?? -1, output: all };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
