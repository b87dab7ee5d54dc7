import type { Json } from '../../src/tools/crds/json.ts';

/** What is copied, in numbers of objects; namespaces and the CRD come on top. */
export interface Mix {
  configMaps: number;
  secrets: number;
  deployments: number;
  services: number;
  promotions: number;
}

const namespaces = 20;

/** So many objects as a company's cluster has them: much configuration, some workloads, some of a kind of its own. */
export function mixOf(objects: number): Mix {
  const share = (percent: number): number => Math.round((objects * percent) / 100);
  const mix = { secrets: share(25), deployments: share(15), services: share(15), promotions: share(10) };
  const others = Object.values(mix).reduce((sum, each) => sum + each, 0);
  return { configMaps: objects - others, ...mix };
}

/** Deployments have no replicas: Pods that start would be measured, which are everybody's. */
export function objectsOf(mix: Mix): Json[] {
  return [
    definition,
    ...times(namespaces, (index) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: team(index) },
    })),
    ...times(mix.configMaps, (index) => ({
      ...head('v1', 'ConfigMap', index),
      data: { 'app.yaml': `interval: ${index}\n`.repeat(100), LOG_LEVEL: 'info' },
    })),
    ...times(mix.secrets, (index) => ({
      ...head('v1', 'Secret', index),
      data: { password: Buffer.from(`not a secret ${index}`).toString('base64') },
    })),
    ...times(mix.deployments, deployment),
    ...times(mix.services, (index) => ({
      ...head('v1', 'Service', index),
      spec: { selector: { app: `app-${index}` }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    })),
    ...times(mix.promotions, (index) => ({
      ...head('shop.example.com/v1', 'Promotion', index),
      spec: { percent: index % 100, products: Array.from({ length: 20 }, (_, each) => `product-${each}`) },
    })),
  ];
}

function times(count: number, make: (index: number) => Json): Json[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function team(index: number): string {
  return `team-${index % namespaces}`;
}

function head(apiVersion: string, kind: string, index: number): Json {
  const labels = { 'app.kubernetes.io/name': `app-${index}`, 'app.kubernetes.io/managed-by': 'bench' };
  const name = `${kind.toLowerCase()}-${index}`;
  return { apiVersion, kind, metadata: { namespace: team(index), name, labels } };
}

function deployment(index: number): Json {
  const app = `app-${index}`;
  return {
    ...head('apps/v1', 'Deployment', index),
    spec: {
      replicas: 0,
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app } },
        spec: {
          containers: [
            {
              ...{ name: 'app', image: `registry.example.com/${app}:v1` },
              env: Array.from({ length: 15 }, (_, each) => ({
                name: `SETTING_${each}`,
                value: `value-${each}`,
              })),
              ports: [{ name: 'http', containerPort: 8080 }],
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
              resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
            },
          ],
        },
      },
    },
  };
}

const definition: Json = {
  ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
  metadata: { name: 'promotions.shop.example.com' },
  spec: {
    ...{ group: 'shop.example.com', scope: 'Namespaced' },
    names: { kind: 'Promotion', plural: 'promotions', singular: 'promotion' },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  percent: { type: 'integer' },
                  products: { type: 'array', items: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    ],
  },
};
