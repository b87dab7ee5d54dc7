import { findingKey } from '../../src/checks/index.ts';
import type { Finding } from '../../src/contract/finding.ts';
import type { Observation } from '../../src/plan/observation.ts';
import type { ObservedPod, ObservedWorkloads, PodKind } from '../../src/plan/observedWorkloads.ts';
import { observe, plan, workloads } from '../plan/fixtures.ts';

type Rest = Parameters<typeof plan>[2];

/** What one check finds of the healthy cluster with a change, on the way from 1.31 to 1.33 unless the fields say so. */
export function findings(
  check: string,
  change: Partial<Observation>,
  fields: Record<string, unknown> = {},
  rest: Rest = {},
): Finding[] {
  return plan(observe(change), fields, rest).findings.filter((finding) => finding.check === check);
}

/** The same, each as `severity key[ @hop]`. */
export function found(...args: Parameters<typeof findings>): string[] {
  return findings(...args).map(
    (finding) =>
      `${finding.severity} ${findingKey(finding)}${finding.hop === undefined ? '' : ` @${finding.hop}`}`,
  );
}

/** The observation without one of its parts, as a release that did not look would leave it. */
export function without(
  part: 'workloads' | 'extensions' | 'subnets' | 'kubeProxyMode',
): Partial<Observation> {
  const { [part]: _, ...rest } = observe();
  return { ...rest, [part]: undefined };
}

export interface PodGiven {
  name: string;
  namespace?: string;
  /** Of the node group blue unless given. */
  node?: string;
  kind?: Omit<Partial<PodKind>, 'placement'> & { placement?: Partial<PodKind['placement']> };
  pod?: Partial<ObservedPod>;
  owner?: Partial<ObservedWorkloads['owners'][number]>;
}

/** Pods, each with a kind of its own and, if it is given one, an owner of its own. */
export function running(
  pods: readonly PodGiven[],
  change: Partial<ObservedWorkloads> = {},
): Pick<Observation, 'workloads'> {
  const owners: ObservedWorkloads['owners'] = [];
  return {
    workloads: workloads({
      kinds: pods.map(({ name, kind = {} }) => ({
        localVolumes: [],
        graceSeconds: 30,
        heldBy: [],
        ...kind,
        placement: { labels: { app: name }, requests: {}, ...kind.placement },
      })),
      pods: pods.map(({ name, namespace = 'shop', node = 'blue-1', pod = {}, owner }, index) => ({
        namespace,
        name,
        node,
        kind: index,
        ready: true,
        ...(owner === undefined
          ? {}
          : {
              owner:
                owners.push({
                  apiVersion: 'apps/v1',
                  kind: 'Deployment',
                  namespace,
                  name,
                  wanted: 2,
                  ready: 2,
                  well: true,
                  ...owner,
                }) - 1,
            }),
        ...pod,
      })),
      owners,
      ...change,
    }),
  };
}
