import { describe, expect, it, onTestFinished } from 'vitest';
import { Clusters } from '../../../src/activities/clusters.ts';
import type { ClusterContext } from '../../../src/activities/types.ts';
import { StepladderError } from '../../../src/contract/errors.ts';
import { statusBehind } from '../../../src/kubernetes/errors.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import { activityEnvironment } from '../environment.ts';
import { longEnough } from '../simulated.ts';
import { madeBy, name, startGreen, waiting } from './startGreen.ts';
import type { Green } from './startGreen.ts';

const services = '/api/v1/namespaces/default/services';
const finalizer = 'service.kubernetes.io/load-balancer-cleanup';

async function connect(context: ClusterContext): Promise<KubernetesConnection> {
  const clusters = new Clusters();
  onTestFinished(() => clusters.close());
  return (await clusters.open(context)).kubernetes;
}

/** A Service for which a controller has made a load balancer, unless it has no finalizers. */
async function addService(kubernetes: KubernetesConnection, service: string, finalizers: string[]) {
  await kubernetes.change('POST', services, {
    body: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: service, finalizers },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      status: { loadBalancer: { ingress: [{ hostname: `${service}.elb.amazonaws.com` }] } },
    },
    what: 'make a Service',
  });
}

async function isThere(kubernetes: KubernetesConnection, service: string): Promise<boolean> {
  try {
    await kubernetes.getJson(`${services}/${service}`);
    return true;
  } catch (error) {
    if (error instanceof StepladderError && statusBehind(error)?.code === 404) return false;
    throw error;
  }
}

/** Begins to remove green, and says when that waits for load balancers. */
function beginRemoval({ go, context: blue }: Green) {
  const environment = activityEnvironment(longEnough);
  const waits = new Promise<string>((resolve) =>
    environment.on('heartbeat', (beat: { line: string } | undefined) => {
      if (beat?.line.startsWith('load balancers of') === true) resolve(beat.line);
    }),
  );
  const removed = go('removeGreenCluster', { blue, cluster: name, madeBy, ...waiting }, environment);
  return { waits, removed };
}

describe('what a new cluster has outside itself', () => {
  it('goes before its nodes do, while there is who takes it away; what made nothing outside stays as it is', async () => {
    const green = await startGreen();
    const sides = await green.whole();
    const kubernetes = await connect(sides.green);
    await addService(kubernetes, 'web', [finalizer]);
    await addService(kubernetes, 'plain', []);
    const { waits, removed } = beginRemoval(green);
    expect(await waits).toMatch(/^load balancers of Service default\/web .*are to go first$/);
    expect(green.record().nodeGroups.get('general')?.status).toBe('ACTIVE');
    expect(await kubernetes.getJson(`${services}/web`)).toMatchObject({
      metadata: { deletionTimestamp: expect.any(String) },
    });
    expect(await isThere(kubernetes, 'plain')).toBe(true);
    // As its controller does, once the load balancer is gone.
    await kubernetes.change('PATCH', `${services}/web`, {
      body: { metadata: { finalizers: null } },
      what: 'let a Service go',
    });
    expect(await removed).toEqual({ state: 'gone', line: `cluster ${name} is gone` });
  });

  it('is named where nobody takes it away', async () => {
    const green = await startGreen();
    const sides = await green.made();
    await addService(await connect(sides.green), 'web', [finalizer]);
    const outcome = await green.remove({ timeoutMs: 400 });
    const last = outcome.state === 'gone' ? outcome : await green.remove();
    expect(outcome.line).toMatch(/load balancers stay in AWS: Service default\/web/);
    expect(last.state).toBe('gone');
  });
});

describe('what the old cluster leaves', () => {
  it('is named when it is deleted: load balancers, and machines of no node group', async () => {
    const green = await startGreen();
    await addService(await connect(green.context), 'web', [finalizer]);
    const { state, line } = await green.go('deleteBlueCluster', {
      blue: green.context,
      stage: green.retirement,
      ...waiting,
    });
    expect(state).toBe('gone');
    expect(line).toMatch(/load balancers stay in AWS: Service default\/web/);
    expect(line).toMatch(/machines of no node group may go on running: ip-/);
  });

  it('is named by a later attempt as well, when it can not be seen any more', async () => {
    const green = await startGreen();
    green.simulator.account.forget('demo');
    const leaves = 'load balancers stay in AWS: Service default/web';
    const environment = activityEnvironment({ ...longEnough, heartbeatDetails: { line: '', leaves } });
    const { context: blue, retirement: stage } = green;
    expect(await green.go('deleteBlueCluster', { blue, stage, ...waiting }, environment)).toEqual({
      state: 'gone',
      line: `cluster demo is gone; ${leaves}`,
    });
  });
});
