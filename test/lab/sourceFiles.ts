import { chmod, writeFile } from 'node:fs/promises';
import { crd } from '../tools/charts/madeCharts.ts';

/** Files from which the lab's tests bring resources, each by its path in a folder. */
type Files = Record<string, string>;

export const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

const deployment = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${name}, image: registry.example.com/${name}:1 }] }
`;

/** Five objects, written in an order in which they can't be made. */
export const manifests: Files = {
  'a-widget.yaml':
    'apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: one, namespace: plain }\n---\n' +
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: plain }\n',
  'b-work.yaml': `apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: plain }
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: nightly, image: registry.example.com/nightly:1 }]
`,
  'c/widgets.yaml': crd('widgets', 'Widget'),
  'z-namespace.json': '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "plain"}}',
  'values.yaml': 'color: blue\n',
};

/** A base, and an overlay with a patch, a prefix and a generator: nothing that naming files could make. */
export const kustomization: Files = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': deployment('web'),
  'overlays/green/kustomization.yaml': `resources: [../../base, namespace.yaml]
namespace: kustomized
namePrefix: green-
generatorOptions: { disableNameSuffixHash: true }
configMapGenerator: [{ name: settings, literals: [color=green] }]
patches:
  - target: { kind: Deployment, name: web }
    patch: |-
      - { op: replace, path: /spec/replicas, value: 3 }
`,
  'overlays/green/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: kustomized }\n',
};

export const brokenKustomization: Files = {
  'kustomization.yaml': 'resources: [missing.yaml]\nnamePrefix: a-\n',
};

/** A chart with a ConfigMap that shows its values, a StatefulSet of two, and a custom resource. */
export function chartFiles(version: string): Files {
  return {
    'Chart.yaml': `apiVersion: v2\nname: shop\nversion: ${version}\n`,
    'values.yaml': 'color: blue\n',
    'templates/configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: {{ .Release.Name }} }
data: { color: {{ .Values.color }} }
`,
    'templates/db.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: "registry.example.com/db:1" }] }
`,
    'templates/gadget.yaml':
      '{{- if .Capabilities.APIVersions.Has "example.org/v1/Gadget" }}\napiVersion: example.org/v1\nkind: Gadget\nmetadata: { name: one }\n{{- end }}\n',
  };
}

export const hook = `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, annotations: { helm.sh/hook: "pre-install,pre-upgrade" } }
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: migrate, image: "registry.example.com/migrate:1" }]
`;

/** Stands for helmfile where there is none: brings the one release of a file with one, by the helm that it is given. */
export async function helmfileStandIn(path: string): Promise<void> {
  const script = `#!/bin/sh
set -e
while [ $# -gt 0 ]; do
  case $1 in
    --file) file=$2; shift ;;
    --helm-binary) helm=$2; shift ;;
  esac
  shift
done
field() { sed -n "s/^[ -]*$1: //p" "$file"; }
cd "$(dirname "$file")"
exec "$helm" upgrade --install "$(field name)" "$(field chart)" --namespace "$(field namespace)" --create-namespace
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
}
