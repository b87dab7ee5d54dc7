import { z } from 'zod';
import type { KubernetesConnection } from '../connection.ts';
import { listObjects, metadataOnly } from '../list.ts';
import { objectFactsSchema } from './objectFacts.ts';
import type { ObjectFacts } from './objectFacts.ts';

/** What of blue's objects tells whether they can be copied as they are. */
export interface SeenForNotes {
  services: SeenService[];
  ingresses: { name: string; className?: string }[];
  volumes: SeenVolume[];
  claims: SeenClaim[];
  /** Jobs that nothing owns and that have not ended. */
  runningJobs: string[];
  /** Pods that nothing owns. */
  barePods: string[];
  /** Webhooks that are asked by a URL, with its host: the path may hold a secret. */
  urlWebhooks: { configuration: string; host: string }[];
  /** Workloads, other than DaemonSets, whose Pods keep something on their node. */
  hostPathWorkloads: string[];
}

export interface SeenService {
  /** `namespace/name`, as everywhere here. */
  name: string;
  type: string;
  hasSelector: boolean;
  externalName?: string;
}

export interface SeenVolume {
  name: string;
  claim?: string;
  /** CSI driver, or `hostPath`, `local`, `nfs` and so on. */
  driver?: string;
  capacity?: string;
  /** Nothing has made it for a claim: somebody wrote it. */
  isStatic: boolean;
}

export interface SeenClaim {
  name: string;
  volume?: string;
  storageClass?: string;
  capacity?: string;
}

const metadata = z
  .object({ namespace: z.string().optional(), name: z.string() })
  .transform(({ namespace, name }) => (namespace === undefined ? name : `${namespace}/${name}`));

const serviceSchema = z
  .object({
    metadata,
    spec: z
      .object({
        type: z.string().default('ClusterIP'),
        selector: z.record(z.string(), z.string()).nullish(),
        externalName: z.string().optional(),
      })
      .prefault({}),
  })
  .transform(({ metadata: name, spec: { type, selector, externalName } }): SeenService => ({
    name,
    type,
    hasSelector: Object.keys(selector ?? {}).length > 0,
    ...(externalName === undefined ? {} : { externalName }),
  }));

const ingressSchema = z
  .object({ metadata, spec: z.object({ ingressClassName: z.string().optional() }).prefault({}) })
  .transform(({ metadata: name, spec: { ingressClassName } }) => ({
    name,
    ...(ingressClassName === undefined ? {} : { className: ingressClassName }),
  }));

const quantity = z.object({ storage: z.string().optional() }).nullish();

/** Fields of a volume that are no source. */
const otherVolumeFields: ReadonlySet<string> = new Set([
  ...['accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy'],
  ...['storageClassName', 'volumeAttributesClassName', 'volumeMode'],
]);

const volumeSchema = z
  .object({
    metadata: z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).nullish() }),
    spec: z.looseObject({
      capacity: quantity,
      claimRef: z.object({ namespace: z.string(), name: z.string() }).nullish(),
      csi: z.object({ driver: z.string() }).nullish(),
    }),
  })
  .transform(({ metadata: { name, annotations }, spec }): SeenVolume => {
    const source = Object.keys(spec).find((field) => field !== 'csi' && !otherVolumeFields.has(field));
    const driver = spec.csi?.driver ?? source;
    const capacity = spec.capacity?.storage;
    return {
      name,
      ...(spec.claimRef == null ? {} : { claim: `${spec.claimRef.namespace}/${spec.claimRef.name}` }),
      ...(driver === undefined ? {} : { driver }),
      ...(capacity === undefined ? {} : { capacity }),
      isStatic: annotations?.['pv.kubernetes.io/provisioned-by'] === undefined,
    };
  });

const claimSchema = z
  .object({
    metadata,
    spec: z.object({ volumeName: z.string().nullish(), storageClassName: z.string().nullish() }).prefault({}),
    status: z.object({ capacity: quantity }).nullish(),
  })
  .transform(({ metadata: name, spec, status }): SeenClaim => {
    const capacity = status?.capacity?.storage;
    return {
      name,
      ...(spec.volumeName ? { volume: spec.volumeName } : {}),
      ...(spec.storageClassName ? { storageClass: spec.storageClassName } : {}),
      ...(capacity === undefined ? {} : { capacity }),
    };
  });

const jobSchema = z
  .object({
    metadata: z.unknown().optional(),
    status: z
      .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish() })
      .nullish(),
  })
  .transform(({ metadata: given, status }) => {
    const ended = (status?.conditions ?? []).some(
      ({ type, status: value }) => value === 'True' && (type === 'Complete' || type === 'Failed'),
    );
    return { facts: objectFactsSchema.parse({ metadata: given }), ended };
  });

const webhookSchema = z
  .object({
    metadata,
    webhooks: z.array(z.object({ clientConfig: z.object({ url: z.string().nullish() }) })).nullish(),
  })
  .transform(({ metadata: configuration, webhooks }) =>
    (webhooks ?? []).flatMap(({ clientConfig: { url } }) =>
      url ? [{ configuration, host: URL.parse(url)?.host ?? 'an address that is none' }] : [],
    ),
  );

const workloadSchema = z
  .object({
    metadata,
    spec: z.object({
      template: z.object({
        spec: z
          .object({ volumes: z.array(z.object({ hostPath: z.unknown().optional() })).nullish() })
          .prefault({}),
      }),
    }),
  })
  .transform(({ metadata: name, spec }) => ({
    name,
    keepsOnNode: (spec.template.spec.volumes ?? []).some(({ hostPath }) => hostPath != null),
  }));

/**
 * Reads what the notes stand on, all of it by lists, keeping of each object the few fields above.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readForNotes(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<SeenForNotes> {
  const list = <T>(path: string, schema: z.ZodType<T>, accept?: string): Promise<T[]> => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return listObjects(connection, path, schema, {
      name,
      signal,
      ...(accept === undefined ? {} : { accept }),
    });
  };
  const admission = '/apis/admissionregistration.k8s.io/v1';
  const [services, ingresses, volumes, claims, jobs, pods] = await Promise.all([
    list('/api/v1/services', serviceSchema),
    list('/apis/networking.k8s.io/v1/ingresses', ingressSchema),
    list('/api/v1/persistentvolumes', volumeSchema),
    list('/api/v1/persistentvolumeclaims', claimSchema),
    list('/apis/batch/v1/jobs', jobSchema),
    list('/api/v1/pods', objectFactsSchema, metadataOnly),
  ]);
  const [validating, mutating, deployments, statefulSets] = await Promise.all([
    list(`${admission}/validatingwebhookconfigurations`, webhookSchema),
    list(`${admission}/mutatingwebhookconfigurations`, webhookSchema),
    list('/apis/apps/v1/deployments', workloadSchema),
    list('/apis/apps/v1/statefulsets', workloadSchema),
  ]);
  const withHostPath = (kind: string, workloads: typeof deployments): string[] =>
    workloads.flatMap(({ name, keepsOnNode }) => (keepsOnNode ? [`${kind} ${name}`] : []));
  return {
    services,
    ingresses,
    volumes,
    claims,
    runningJobs: jobs.flatMap(({ facts, ended }) => (ended || isOwned(facts) ? [] : [nameOfFacts(facts)])),
    barePods: pods.filter((pod) => !isOwned(pod) && !isMirror(pod)).map(nameOfFacts),
    urlWebhooks: [...validating, ...mutating].flat(),
    hostPathWorkloads: [
      ...withHostPath('Deployment', deployments),
      ...withHostPath('StatefulSet', statefulSets),
    ],
  };
}

function isOwned({ owners }: ObjectFacts): boolean {
  return owners.some(({ controller }) => controller);
}

/** A Pod that a kubelet runs from a file on its node. */
function isMirror({ annotations }: ObjectFacts): boolean {
  return annotations['kubernetes.io/config.mirror'] !== undefined;
}

function nameOfFacts({ namespace, name }: ObjectFacts): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
