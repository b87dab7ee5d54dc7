import { relative } from 'node:path';
import { kubernetesLifecycles } from '../../src/checks/removedApis/kubernetesLifecycles.ts';
import type { ApiUse } from '../../src/checks/removedApis/types.ts';

export const scanOptions = {
  tables: [kubernetesLifecycles],
  from: '1.31',
  to: '1.33',
  observedAt: '2026-01-02T03:04:05Z',
};

/** `a.yaml:3 FlowSchema x`, with the file as it is called in a folder. */
export function brief(uses: readonly ApiUse[], folder = ''): string[] {
  return uses.map(({ place, kind, object }) => {
    const at = place.kind === 'manifest' ? `${relative(folder, place.file)}:${place.line}` : place.kind;
    return `${at} ${kind ?? ''} ${object?.namespace === undefined ? '' : `${object.namespace}/`}${object?.name ?? ''}`;
  });
}

export const flowSchema = (name: string) => `apiVersion: flowcontrol.apiserver.k8s.io/v1beta3
kind: FlowSchema
metadata:
  name: ${name}
`;
export const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: fine}\n';
