import type { KubernetesClient, KubernetesObject } from './kubernetesClient.ts';

/** Where the scheduler says on which node a volume is wanted; it waits until there is one. */
const selectedNodeAnnotation = 'volume.kubernetes.io/selected-node';
const driver = 'ebs.csi.aws.com';

interface Claim extends KubernetesObject {
  spec: {
    volumeName?: string;
    storageClassName?: string;
    accessModes?: string[];
    resources?: { requests?: { storage?: string } };
  };
}

/** The storage that an EKS cluster has: volumes of one zone, made when the Pod that wants them has a node. */
export const storageManifests = [
  {
    path: '/apis/storage.k8s.io/v1/storageclasses',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'gp3' },
      provisioner: driver,
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: true,
    },
  },
  {
    path: '/apis/storage.k8s.io/v1/csidrivers',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: driver },
      // There are no disks to attach.
      spec: { attachRequired: false, podInfoOnMount: false },
    },
  },
] as const;

/** Makes a volume for each claim of the driver's that waits for one, until the signal ends it. */
export async function provisionVolumes(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  await client.watch(
    '/api/v1/persistentvolumeclaims',
    (object) => {
      const claim = object as Claim;
      const node = claim.metadata.annotations?.[selectedNodeAnnotation];
      if (node === undefined || claim.spec.volumeName !== undefined || claim.spec.storageClassName !== 'gp3')
        return;
      void provision(client, claim, node).catch((error: unknown) => {
        if (!signal.aborted) process.emitWarning(`a volume could not be made: ${String(error)}`);
      });
    },
    signal,
  );
}

async function provision(client: KubernetesClient, claim: Claim, nodeName: string): Promise<void> {
  const node = await client.find<KubernetesObject>(`/api/v1/nodes/${nodeName}`);
  const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
  // The node is gone: the scheduler will select another one.
  if (zone === undefined) return;
  const { namespace, name, uid = '' } = claim.metadata;
  await client.ensure('/api/v1/persistentvolumes', {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      // By the claim's uid, so that making it twice is making it once.
      name: `pvc-${uid}`,
      annotations: { 'pv.kubernetes.io/provisioned-by': driver },
    },
    spec: {
      capacity: { storage: claim.spec.resources?.requests?.storage ?? '1Gi' },
      accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
      storageClassName: 'gp3',
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
      csi: { driver, volumeHandle: `vol-${uid.replaceAll('-', '').slice(0, 17)}`, fsType: 'ext4' },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] }] },
          ],
        },
      },
    },
  });
}
