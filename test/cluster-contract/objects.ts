/** Objects that cases make. */

export const pause = (name = 'main') => ({
  name,
  image: 'registry.example.com/pause:3.9',
  resources: { requests: { cpu: '10m', memory: '16Mi' } },
});

const quick = { 'scenario.stepladder/start-seconds': '6', 'scenario.stepladder/stop-seconds': '6' };

export const pod = (name: string, fields: { labels?: object; spec?: object; annotations?: object } = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: fields.labels ?? {}, annotations: { ...quick, ...fields.annotations } },
  spec: { containers: [pause()], ...fields.spec },
});

export const template = (app: string, spec: object = {}) => ({
  metadata: { labels: { app }, annotations: quick },
  spec: { containers: [pause()], ...spec },
});

export const deployment = (app: string, replicas: number, spec: object = {}, rest: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: app },
  spec: { replicas, selector: { matchLabels: { app } }, template: template(app, spec), ...rest },
});

export const statefulSet = (app: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: app },
  spec: { replicas, serviceName: app, selector: { matchLabels: { app } }, template: template(app) },
});

export const daemonSet = (app: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: app },
  spec: { selector: { matchLabels: { app } }, template: template(app) },
});

export const budget = (name: string, app: string, spec: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name },
  spec: { selector: { matchLabels: { app } }, ...spec },
});

export const configMap = (name: string, data: object = {}, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
});

/** A definition of a kind of its own for each group, so that cases do not share one. */
export const definition = (group: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
});
