import { z } from 'zod';
import { behaviourAnnotations } from '../../../scenario/behaviour.ts';
import type { KubernetesConnection } from '../../../src/kubernetes/connection.ts';
import type { Singleton } from '../../../src/contract/migration.ts';

const template = {
  // A Job of it runs for a day.
  metadata: { labels: { app: 'a' }, annotations: { [behaviourAnnotations.runSeconds]: '86400' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'registry.example.com/a:1' }] },
};

export function cronJob(name: string, suspend = false) {
  return {
    ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { namespace: 'shop', name } },
    spec: {
      schedule: '0 3 * * *',
      suspend,
      jobTemplate: { spec: { template } },
    },
  };
}

/** A Job that a CronJob has begun, and that does not end. */
export function jobOf(owner: { name: string; uid: string }) {
  const reference = { apiVersion: 'batch/v1', kind: 'CronJob', controller: true, ...owner };
  return {
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: { namespace: 'shop', name: `${owner.name}-1`, ownerReferences: [reference] },
    spec: { template },
  };
}

export function application(name: string, syncPolicy?: object) {
  return {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' },
    metadata: { namespace: 'shop', name },
    spec: { project: 'default', ...(syncPolicy === undefined ? {} : { syncPolicy }) },
  };
}

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Defines the kind Application as Argo CD does, as far as anybody minds here. */
export const applicationDefinition = {
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  metadata: { name: 'applications.argoproj.io' },
  spec: {
    ...{ group: 'argoproj.io', scope: 'Namespaced' },
    names: { kind: 'Application', plural: 'applications', singular: 'application' },
    versions: [{ name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: anything } }],
  },
};

/** Singletons of the demo's cluster. */
export const ordersDb: Singleton = { kind: 'StatefulSet', namespace: 'shop', name: 'orders-db' };
export const cart: Singleton = { kind: 'Deployment', namespace: 'shop', name: 'cart' };

const anySchema = z.looseObject({
  metadata: z.looseObject({ uid: z.string(), annotations: z.record(z.string(), z.string()).optional() }),
  spec: z.record(z.string(), z.unknown()),
});

/** Reads an object whole. */
export async function read(connection: KubernetesConnection, path: string) {
  return anySchema.parse(await connection.getJson(path));
}

export const paths = {
  cronJob: (name: string) => `/apis/batch/v1/namespaces/shop/cronjobs/${name}`,
  application: (name: string) => `/apis/argoproj.io/v1alpha1/namespaces/shop/applications/${name}`,
  ordersDb: '/apis/apps/v1/namespaces/shop/statefulsets/orders-db',
  cart: '/apis/apps/v1/namespaces/shop/deployments/cart',
  externalDns: '/apis/apps/v1/namespaces/ingress/deployments/external-dns',
};
