/** What manifest files of a company hold: one function a kind of document, each as long as it is asked to be. */
import type { SeededRandom } from './random.ts';

export const words = [
  ...[
    'payments',
    'orders',
    'catalog',
    'search',
    'billing',
    'gateway',
    'profile',
    'ledger',
    'notifier',
    'reports',
  ],
  ...[
    'inventory',
    'session',
    'metrics',
    'audit',
    'router',
    'worker',
    'scheduler',
    'exporter',
    'cache',
    'queue',
  ],
] as const;
const [firstWord, ...otherWords] = words;
const allWords = [firstWord, ...otherWords] as const;

/** A sentence of API documentation, as descriptions in CRDs are. */
function sentence(random: SeededRandom): string {
  const length = random.between(8, 18);
  return Array.from({ length }, () => random.oneOf(allWords)).join(' ');
}

const labels = (name: string) => `  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/managed-by: Helm
    app.kubernetes.io/part-of: "platform"`;

export function deployment(name: string, namespace: string, random: SeededRandom): string {
  const environment = Array.from(
    { length: random.between(4, 30) },
    (_, index) => `            - name: SETTING_${index}
              value: "${random.oneOf(allWords)}-${random.between(1, 9999)}"`,
  ).join('\n');
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
${labels(name)}
  annotations:
    checksum/config: ${random.between(1e8, 9e8).toString(16)}
spec:
  replicas: ${random.between(1, 9)}
  selector:
    matchLabels: {app.kubernetes.io/name: ${name}}
  template:
    metadata:
      labels: {app.kubernetes.io/name: ${name}}
    spec:
      serviceAccountName: ${name}
      securityContext: {runAsNonRoot: true, fsGroup: 2000}
      containers:
        - name: ${name}
          image: registry.example.com/${namespace}/${name}:v${random.between(1, 9)}.${random.between(0, 99)}.0
          args: ["--listen=:8080", '--log-format=json', "--tag=a\\tb"]
          env:
${environment}
          ports:
            - {name: http, containerPort: 8080}
          readinessProbe:
            httpGet: {path: /healthz, port: http}
          resources:
            requests: {cpu: ${random.between(1, 9)}00m, memory: ${random.between(1, 9)}00Mi}
            limits: {memory: 1Gi}
`;
}

export function service(name: string, namespace: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: ${namespace}
${labels(name)}
spec:
  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - name: http
      port: 80
      targetPort: http
`;
}

export function role(name: string, namespace: string): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ${name}
  namespace: ${namespace}
rules:
  - apiGroups: ["", "discovery.k8s.io"]
    resources: ["endpoints", "endpointslices", "services"]
    verbs: ["get", "list", "watch"]
  - apiGroups: [policy, extensions]
    resources: [poddisruptionbudgets]
    verbs: [create]
`;
}

/** A script and a configuration in block scalars, with all the signs that shells are made of. */
export function configMap(name: string, namespace: string, random: SeededRandom, length: number): string {
  const lines: string[] = [];
  for (let written = 0; written < length; written += 120) {
    const word = random.oneOf(allWords);
    lines.push(
      random.oneOf([
        `    if [ ! -f "/var/run/${word}" ]; then echo "no ${word}\\n" >&2; exit 1; fi`,
        `    ${word} | awk '{ print $1 "\\t" $2 }' | grep -v "^#" && curl -s "http://${word}:8080/v1/status?x=*&y=1"`,
        `    ${word}.interval = ${random.between(1, 900)}   # ${sentence(random)}`,
        `    [${word}]`,
      ]),
    );
  }
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: ${namespace}
data:
  start.sh: |
    #!/bin/bash
    set -euo pipefail
${lines.join('\n')}
`;
}

/** A dashboard in a ConfigMap: JSON in a block scalar. */
export function dashboard(name: string, namespace: string, random: SeededRandom, length: number): string {
  const panels: object[] = [];
  for (let written = 0; written < length; written += 420) {
    panels.push({
      title: sentence(random),
      type: 'timeseries',
      targets: [
        {
          expr: `sum by (pod) (rate(${random.oneOf(allWords)}_total{job="$job"}[5m]))`,
          legendFormat: '{{pod}}',
        },
      ],
      gridPos: { h: 8, w: 12, x: 0, y: panels.length * 8 },
    });
  }
  const json = JSON.stringify({ title: name, panels }, undefined, 2).replaceAll('\n', '\n    ');
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  namespace: ${namespace}
  labels: {grafana_dashboard: "1"}
data:
  ${name}.json: |
    ${json}
`;
}

export function alerts(name: string, namespace: string, random: SeededRandom): string {
  const rules = Array.from(
    { length: random.between(2, 20) },
    (_, index) => `        - alert: Alert${index}
          expr: sum(rate(${random.oneOf(allWords)}_errors_total{job="${name}"}[5m])) > ${random.between(1, 99)}
          for: 10m
          annotations:
            summary: "{{ $labels.pod }} of ${name} fails: \\"{{ $value }}\\" a second"`,
  ).join('\n');
  return `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  groups:
    - name: ${name}
      rules:
${rules}
`;
}

/** A custom resource's definition, as long as those of real operators. */
export function customResourceDefinition(name: string, random: SeededRandom, length: number): string {
  const properties: string[] = [];
  for (let written = 0; written < length; written += 260) {
    properties.push(`                ${random.oneOf(allWords)}${properties.length}:
                  description: |-
                    ${sentence(random)}
                    ${sentence(random)}: ${sentence(random)}.
                  type: string`);
  }
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${name}s.example.com
  annotations:
    controller-gen.kubebuilder.io/version: v0.16.1
spec:
  group: example.com
  names: {kind: ${name.charAt(0).toUpperCase()}${name.slice(1)}, plural: ${name}s}
  scope: Namespaced
  versions:
    - name: v1beta1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          description: ${sentence(random)}
          type: object
          properties:
            spec:
              type: object
              properties:
${properties.join('\n')}
`;
}

/** The same Deployment as tools that write JSON leave it. */
export function deploymentInJson(name: string, namespace: string, random: SeededRandom): string {
  const env = Array.from({ length: random.between(2, 40) }, (_, index) => ({
    name: `SETTING_${index}`,
    value: `${random.oneOf(allWords)} "${random.between(1, 99)}"`,
  }));
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 2,
      template: { spec: { containers: [{ name, image: `registry.example.com/${name}`, env }] } },
    },
  };
  return `${JSON.stringify(object, undefined, 2)}\n`;
}

/** What a scan must find: kinds in versions that are removed on the way from 1.24 to 1.33. */
export function removed(name: string, namespace: string, random: SeededRandom): string {
  const [apiVersion, kind] = random.oneOf<readonly [string, string]>([
    ['policy/v1beta1', 'PodDisruptionBudget'],
    ['batch/v1beta1', 'CronJob'],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler'],
    ['discovery.k8s.io/v1beta1', 'EndpointSlice'],
    ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema'],
  ]);
  return random.oneOf([
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\nspec: {}\n`,
    `kind: "${kind}"\nmetadata: {name: ${name}, namespace: ${namespace}}\napiVersion: "${apiVersion}" # old\n`,
    `{"kind": "${kind}", "apiVersion": "${apiVersion}", "metadata": {"name": "${name}", "namespace": "${namespace}"}}\n`,
  ]);
}

/** What people leave behind: a merge that was not finished, a quote that was not closed, a tab. */
export function broken(name: string, random: SeededRandom): string {
  return random.oneOf([
    `apiVersion: v1\nkind: Service\n<<<<<<< HEAD\nmetadata:\n  name: ${name}\n=======\nmetadata: {name: x\n>>>>>>> main\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "${name}\ndata:\n  key: value\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: ${name}\n`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n data: {}\n`,
  ]);
}
