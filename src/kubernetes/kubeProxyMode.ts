import { z } from 'zod';
import { parse as parseYaml } from 'yaml';
import type { KubernetesConnection } from './connection.ts';
import { parse } from './list.ts';

/** ConfigMaps in kube-system that kube-proxy reads, with the key: EKS's add-on's and kubeadm's. */
const places = [
  ['kube-proxy-config', 'config'],
  ['kube-proxy', 'config.conf'],
] as const;

const listSchema = z.object({
  items: z.array(z.object({ data: z.record(z.string(), z.string()).nullish() })).nullish(),
});

const configurationSchema = z.object({ mode: z.string().nullish() });

/**
 * The mode that kube-proxy is told to run in: `iptables`, `ipvs`, `nftables`; empty when it is left to its default.
 * Undefined when no ConfigMap says. Nothing else of the ConfigMap is kept.
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readKubeProxyMode(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (const [name, key] of places) {
    const answer = await connection.getJson('/api/v1/namespaces/kube-system/configmaps', {
      query: { fieldSelector: `metadata.name=${name}`, limit: 1 },
      signal,
      what: `read kube-proxy's configuration (ConfigMap kube-system/${name})`,
    });
    const { items } = parse(listSchema, answer, 'a list of configmaps');
    const text = items?.[0]?.data?.[key];
    const mode = text === undefined ? undefined : modeIn(text);
    if (mode !== undefined) return mode;
  }
  return undefined;
}

function modeIn(text: string): string | undefined {
  try {
    const parsed = configurationSchema.safeParse(parseYaml(text));
    return parsed.success ? (parsed.data.mode ?? '') : undefined;
  } catch {
    return undefined;
  }
}
