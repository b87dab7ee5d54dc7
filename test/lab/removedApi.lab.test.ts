import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { V1ObjectMeta } from '@kubernetes/client-node';
import type { KubernetesObject, V1Secret } from '@kubernetes/client-node';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/contract/finding.ts';
import { launcher } from '../processes/workerProcess.ts';
import { servedByEach } from './apiServers.ts';
import { setLabStage } from './engine/labStage.ts';
import type { LabStage } from './engine/labStage.ts';
import { outsideClient } from './engine/outsideClient.ts';
import type { OutsideClient } from './engine/outsideClient.ts';

const betaPath = '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas';
const key = 'removed-apis/API/flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema';

const flowSchema = (name: string) =>
  [
    'apiVersion: flowcontrol.apiserver.k8s.io/v1beta3',
    'kind: FlowSchema',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  priorityLevelConfiguration:',
    '    name: exempt',
    '',
  ].join('\n');

/** A release as Helm 3 stores it in its Secret: JSON, gzipped, in base64, which the Secret has in base64 once more. */
function helmSecret(release: string): KubernetesObject & Pick<V1Secret, 'type' | 'data'> {
  const stored = {
    name: release,
    namespace: 'default',
    version: 1,
    info: {
      status: 'deployed',
      first_deployed: '2026-01-01T00:00:00Z',
      last_deployed: '2026-01-01T00:00:00Z',
    },
    chart: { metadata: { apiVersion: 'v2', name: 'fair-queueing', version: '0.3.1' } },
    manifest: `---\n# Source: fair-queueing/templates/flowschema.yaml\n${flowSchema('from-helm')}`,
  };
  const packed = gzipSync(JSON.stringify(stored)).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: Object.assign(new V1ObjectMeta(), {
      name: `sh.helm.release.v1.${release}.v1`,
      namespace: 'default',
      labels: { modifiedAt: '1767225600', name: release, owner: 'helm', status: 'deployed', version: '1' },
    }),
    type: 'helm.sh/release.v1',
    data: { release: Buffer.from(packed).toString('base64') },
  };
}

describe('an API that 1.32 removes, in use on a real 1.31', () => {
  let stage: LabStage;
  let client: OutsideClient;
  let manifests: string;
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    stage = await setLabStage(join(import.meta.dirname, 'removedApi.yaml'), (clear) => cleanups.push(clear));
    client = outsideClient(stage.address);
    cleanups.push(() => client.close());
    manifests = await mkdtemp(join(tmpdir(), 'stepladder-manifests-'));
    cleanups.push(() => rm(manifests, { recursive: true, force: true }));
    await writeFile(join(manifests, 'flows.yaml'), `# the shop's\n${flowSchema('from-folder')}`);
    // Each API server counts by itself, and which of them a check meets is chance.
    await servedByEach({ ...stage.address, components: await stage.components() }, betaPath);
    await client.objects.create(helmSecret('flows'));
  }, 300_000);

  afterAll(async () => {
    for (const clear of cleanups.reverse()) await clear();
  }, 120_000);

  /** What the evidence of the one finding about it has to tell. */
  const evidence = (): unknown[] => [
    expect.stringMatching(/^manifest .*flows\.yaml:2 \(FlowSchema from-folder\)$/),
    'Helm release default/flows, chart fair-queueing-0.3.1 (FlowSchema from-helm)',
    expect.stringMatching(/^requests for flowschemas, counted by an API server/),
  ];

  it('is one finding of the check, with the client, the release and the manifests as its evidence', async () => {
    const { stdout, exitCode } = await execa(
      process.execPath,
      [...[launcher, 'check', '--cluster', 'flows', '--to', '1.32', '--manifests', manifests, '-o', 'json']],
      { env: stage.environment, extendEnv: false, stdin: 'ignore', reject: false },
    );
    const { findings } = JSON.parse(stdout) as { findings: Finding[] };
    const found = findings.filter(({ check }) => check === 'removed-apis');
    expect(found.map(({ severity, hop, subject }) => [severity, hop, subject.name])).toEqual([
      ['blocker', '1.32', 'flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema'],
    ]);
    expect(found[0]!.evidence.map(({ source }) => source)).toEqual(evidence());
    expect(found[0]!.remedy).toMatch(/^Move to flowcontrol\.apiserver\.k8s\.io\/v1 FlowSchema\./);
    expect(exitCode).toBe(3);
  });

  it('stops the upgrade to 1.32 before anybody is asked and before anything is changed', async () => {
    await stage.startWorker();
    const upgrade = await stage.start({
      cluster: { name: 'flows' },
      targetVersion: '1.32',
      checks: { manifests: [manifests] },
    });
    const failure = await upgrade.failed();
    expect(failure.type).toBe('Blocked');
    expect(failure.message).toContain(key);
    expect((await upgrade.status()).gates).toEqual([]);
    expect(await stage.journal()).toEqual([]);
    expect((await client.get('/version')).json['minor']).toMatch(/^31/);
  });
});
