import { mkdir, writeFile, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { HelmProgram } from '../../../src/tools/helm/binary.ts';

/** A CRD as short as the API server takes it. */
export function crd(plural: string, kind: string): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.example.org
spec:
  group: example.org
  scope: Namespaced
  names: { plural: ${plural}, singular: ${kind.toLowerCase()}, kind: ${kind} }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object } }
`;
}

/** The files of a chart named `web`, with one ConfigMap that shows its values. */
export function webChart(version: string): Record<string, string> {
  return {
    'Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\nappVersion: "9${version}"\n`,
    'values.yaml': 'color: blue\nport: 80\n',
    'templates/configmap.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  color: {{ .Values.color }}
  port: "{{ .Values.port }}"
  chart: {{ .Chart.Version }}
`,
  };
}

/** Writes files into a folder, and gives it back. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

export interface ServedFolder {
  url: string;
  /** Paths that were asked for, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** A web server on a folder: a Helm repository once its index is there. */
export async function serveFolder(
  folder: string,
  allow: (request: IncomingMessage) => boolean = () => true,
): Promise<ServedFolder> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (!allow(request)) {
      response.writeHead(401).end();
      return;
    }
    readFile(join(folder, request.url ?? '')).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Packs charts into a folder and makes the index of a Helm repository over them. */
export async function packRepository(
  { path: helm }: HelmProgram,
  folder: string,
  charts: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  await mkdir(join(folder, 'repository'), { recursive: true });
  for (const [index, files] of charts.entries()) {
    const chart = await writeFiles(join(folder, `chart-${index}`), files);
    await execa(helm, ['package', chart, '--destination', join(folder, 'repository')]);
  }
  await execa(helm, ['repo', 'index', join(folder, 'repository')]);
}
