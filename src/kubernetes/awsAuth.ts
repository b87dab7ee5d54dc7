import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import type { KubernetesConnection } from './connection.ts';
import { parse } from './list.ts';

const listSchema = z.object({
  items: z.array(z.object({ data: z.record(z.string(), z.string()).nullish() })).nullish(),
});
const mappingsSchema = z.array(
  z.object({
    rolearn: z.string().nullish(),
    userarn: z.string().nullish(),
    groups: z.array(z.string()).nullish(),
  }),
);
const accountsSchema = z.array(z.union([z.string(), z.number()]));

/** Who comes in by the ConfigMap kube-system/aws-auth. */
export interface AwsAuth {
  /** ARNs of people and machines, without those of nodes. */
  principals: string[];
  /** AWS accounts, all of whose users may come in. */
  accounts: string[];
  /** Keys of it that can't be read. */
  unreadable: string[];
}

/**
 * Reads the ConfigMap by which EKS lets IAM principals in besides access entries; undefined when there is none.
 * https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html
 *
 * @throws StepladderError as `KubernetesConnection.getJson`
 */
export async function readAwsAuth(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<AwsAuth | undefined> {
  // Listed and not read: the worker may list everything, and read few things by name.
  const answer = await connection.getJson('/api/v1/namespaces/kube-system/configmaps', {
    query: { fieldSelector: 'metadata.name=aws-auth', limit: 1 },
    signal,
    what: 'read who comes in by the ConfigMap kube-system/aws-auth',
  });
  const { items } = parse(listSchema, answer, 'a list of configmaps');
  const data = items?.[0]?.data;
  return data == null ? undefined : parseAwsAuth(data);
}

/** The ConfigMap's data, each key a YAML list of its own. */
export function parseAwsAuth(data: Readonly<Record<string, string>>): AwsAuth {
  const unreadable: string[] = [];
  const read = <T>(key: string, schema: z.ZodType<T[]>): T[] => {
    try {
      return schema.parse(parseYaml(data[key] ?? '') ?? []);
    } catch {
      unreadable.push(key);
      return [];
    }
  };
  const mappings = [...read('mapRoles', mappingsSchema), ...read('mapUsers', mappingsSchema)];
  const people = mappings.filter(({ groups }) => groups?.includes('system:nodes') !== true);
  return {
    principals: people.flatMap(({ rolearn, userarn }) => rolearn ?? userarn ?? []).sort(),
    accounts: read('mapAccounts', accountsSchema).map(String).sort(),
    unreadable,
  };
}
