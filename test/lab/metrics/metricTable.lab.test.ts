import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findControlPlaneBinaries, findEtcd } from '../../../lab/binaries/index.ts';
import { startControlPlane } from '../../../lab/controlPlane/controlPlane.ts';
import type { LabControlPlane } from '../../../lab/controlPlane/controlPlane.ts';
import { etcdRelease, testedMinors } from '../../../lab/releases.ts';
import { metricsOf } from '../../../src/checks/monitoring/metricTable.ts';
import { servedFamilies } from './servedMetrics.ts';
import type { ServedFamily } from './servedMetrics.ts';

/** What the Go runtime, the process and libraries of others report of themselves: not Kubernetes' to change. */
const ofOthers = /^(?:go|process|grpc|etcd_client)_/;

describe('the metrics that real control planes serve', () => {
  const served = new Map<string, ServedFamily[]>();
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stepladder-lab-metrics-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    const source = { log: () => undefined };
    const [first = ''] = testedMinors;
    const plane: LabControlPlane = await startControlPlane({
      minor: first,
      folder: join(folder, 'control-plane'),
      etcd: { program: await findEtcd(source), version: etcdRelease },
      binaries: (minor) => findControlPlaneBinaries(minor, source),
      authenticate: () => undefined,
      log: () => undefined,
    });
    cleanups.push(() => plane.close());
    for (const minor of testedMinors) {
      if (minor !== first) await plane.upgrade(minor, new AbortController().signal);
      served.set(minor, await servedFamilies(plane));
    }
  }, 300_000);

  afterAll(async () => {
    for (const clean of cleanups.reverse()) await clean();
  });

  it.each(testedMinors)('are all in the table of %s, with their types and labels', (minor) => {
    const table = metricsOf(minor);
    const own = (served.get(minor) ?? []).filter(({ name }) => !ofOthers.test(name));
    // An empty page would prove nothing.
    for (const component of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      const count = own.filter((family) => family.component === component).length;
      expect(count, component).toBeGreaterThan(40);
    }
    const wrong = own.flatMap(({ component, name, type, labels }) => {
      const known = table?.get(name);
      if (known === undefined) return [`${component} serves ${name}, which is not in the table`];
      if (known.hidden) return [`${component} serves ${name}, which the table says is hidden`];
      if (known.type !== type && known.type !== 'untyped') {
        return [`${name} is a ${type}, and the table says ${known.type}`];
      }
      const more = labels.filter((label) => known.labels?.includes(label) === false);
      return more.length === 0 ? [] : [`${name} has the labels ${more.join(', ')}, which the table lacks`];
    });
    expect(wrong).toEqual([]);
  });
});
