import { expect, test, vi } from 'vitest';
import { probeSchema } from '../../../src/contract/probe.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { copyEverything, startTwoClusters } from './twoClusters.ts';
import type { TwoClusters } from './twoClusters.ts';

const patiently = { timeout: 120_000 };
const waiting = { timeout: 60_000, interval: 50 };

const service = { service: { namespace: 'shop', name: 'web', port: 8080 } };
const probe = probeSchema.parse({ name: 'shop', blue: service, green: service, expectText: '"readyPods":' });

/** One look at a step of two clusters whose router tells nothing of health, by a probe of the same Service on both. */
function look({ run, sides }: TwoClusters) {
  const rest = { looks: [], badLooks: 1, isOver: true };
  return run('lookAtStep', { sides, router: { manual: {} }, probes: [probe], ...rest });
}

async function scale(side: KubernetesConnection, replicas: number): Promise<void> {
  const path = '/apis/apps/v1/namespaces/shop/deployments/web';
  await side.change('PATCH', path, { body: { spec: { replicas } }, what: 'scale' });
}

test('each cluster is asked through its own API server, and green is judged by blue', patiently, async () => {
  const here = await startTwoClusters({
    workloads: [{ kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 2, port: 8080 }],
  });
  const { blue, green } = here;
  // Nothing is on green yet: whether the Service is called right nobody knows.
  await vi.waitFor(async () => {
    expect(await look(here)).toMatchObject({
      look: { verdict: 'unknown', why: [expect.stringMatching(/^shop on green: .*404 NotFound/)] },
      line: 'shop not known on green, holds on blue',
    });
  }, waiting);

  await copyEverything(here);
  await vi.waitFor(async () => {
    expect(await look(here)).toMatchObject({ soak: { verdict: 'go on' }, line: 'shop holds' });
  }, waiting);

  await scale(green, 0);
  await vi.waitFor(async () => {
    expect(await look(here)).toMatchObject({
      look: {
        verdict: 'return',
        why: ['shop holds on blue and fails on green: Service shop/web has no endpoint that is Ready.'],
      },
      soak: { verdict: 'return' },
      line: 'shop fails on green, holds on blue',
    });
  }, waiting);

  await scale(blue, 0);
  await vi.waitFor(async () => {
    expect(await look(here)).toMatchObject({
      look: {
        verdict: 'unknown',
        why: ['shop fails on both clusters: Service shop/web has no endpoint that is Ready.'],
      },
    });
  }, waiting);
});
