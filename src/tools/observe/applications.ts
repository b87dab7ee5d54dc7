import { z } from 'zod';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import { listObjects } from '../../kubernetes/list.ts';

/** An object that an Application keeps as Git has it. */
export interface TrackedObject {
  group: string;
  kind: string;
  namespace: string;
  name: string;
}

/** An Argo CD Application of this cluster, with what it keeps. */
export interface TrackingApplication {
  namespace: string;
  name: string;
  resources: TrackedObject[];
}

/** Each lists its resources and its history, so it may be large. */
const applicationsAtATime = 50;

/** What an Application has for its destination when it deploys into the cluster that Argo CD itself runs in. */
const thisCluster = { server: 'https://kubernetes.default.svc', name: 'in-cluster' };

const text = z.string().nullish();
const schema = z
  .object({
    metadata: z.object({ namespace: z.string().default(''), name: z.string() }),
    spec: z.object({ destination: z.object({ server: text, name: text }).nullish() }).nullish(),
    status: z
      .object({
        resources: z.array(z.object({ group: text, kind: text, namespace: text, name: text })).nullish(),
      })
      .nullish(),
  })
  .transform(({ metadata, spec, status }): TrackingApplication | undefined => {
    const { server, name } = spec?.destination ?? {};
    if (
      (server ?? thisCluster.server) !== thisCluster.server ||
      (name ?? thisCluster.name) !== thisCluster.name
    )
      return undefined;
    const resources = (status?.resources ?? []).map((each) => ({
      group: each.group ?? '',
      kind: each.kind ?? '',
      namespace: each.namespace ?? '',
      name: each.name ?? '',
    }));
    return { namespace: metadata.namespace, name: metadata.name, resources };
  });

/**
 * The Applications that deploy into this cluster. None where Argo CD is not installed.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function listTrackingApplications(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<TrackingApplication[]> {
  try {
    const found = await listObjects(connection, '/apis/argoproj.io/v1alpha1/applications', schema, {
      name: 'applications.argoproj.io',
      limit: applicationsAtATime,
      signal,
    });
    return found.filter((application) => application !== undefined);
  } catch (error) {
    if (statusBehind(error)?.code === 404) return [];
    throw error;
  }
}
