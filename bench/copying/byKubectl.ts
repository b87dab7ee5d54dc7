import { execa } from 'execa';
import { isObject, listAt, objectAt } from '../../src/tools/crds/json.ts';
import type { Json } from '../../src/tools/crds/json.ts';
import type { Run } from './byStepladder.ts';

const crds = 'customresourcedefinitions.apiextensions.k8s.io';
/** In the order in which they stand on each other: `apply` takes them as they come. */
const kinds = [
  'namespaces',
  'configmaps',
  'secrets',
  'services',
  'deployments',
  'promotions.shop.example.com',
];

/**
 * What one would do by hand with `kubectl get -o json | jq … | kubectl apply -f -`: the definitions and their being
 * Established, then all else. Only what the benchmark has made is asked for, by its label where there is one.
 */
export async function byKubectl(
  program: string,
  { blue, green }: { blue: string; green: string },
): Promise<Run[]> {
  const kubectl = async (kubeconfig: string, args: string[], input?: string): Promise<string> => {
    const options = input === undefined ? { stdin: 'ignore' as const } : { input };
    return (await execa(program, ['--kubeconfig', kubeconfig, ...args], options)).stdout;
  };
  const copy = async (): Promise<void> => {
    const bring = async (wanted: string[]): Promise<void> => {
      const text = await kubectl(blue, ['get', wanted.join(','), '--all-namespaces', '-o', 'json']);
      const list = JSON.parse(text) as unknown;
      const items = listAt(list, 'items').filter(isObject).filter(isOfBench).map(stripped);
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      await kubectl(green, ['apply', '-f', '-'], body);
    };
    await bring([crds]);
    await kubectl(green, ['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']);
    await bring(kinds);
  };
  const runs: Run[] = [];
  for (const what of ['kubectl get | kubectl apply', 'kubectl get | kubectl apply, once more']) {
    const began = performance.now();
    await copy();
    runs.push({ what, seconds: (performance.now() - began) / 1000 });
  }
  return runs;
}

function isOfBench(object: Json): boolean {
  const name = String(objectAt(object, 'metadata')['name']);
  return /^(team-|promotions\.)|^(configmap|secret|service|deployment|promotion)-\d/.test(name);
}

/** The least that must go, or green refuses it. */
function stripped({ status: _status, ...object }: Json): Json {
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _at,
    ...metadata
  } = objectAt(object, 'metadata');
  const spec = objectAt(object, 'spec');
  const { clusterIP: _clusterIp, clusterIPs: _clusterIps, ...rest } = spec;
  return { ...object, metadata, ...(isObject(object['spec']) ? { spec: rest } : {}) };
}
