import { isObject } from '../crds/json.ts';

/** What names a cluster to what runs in it. */
export interface ClusterNames {
  name: string;
  arn: string;
  endpoint: string;
}

/**
 * A release's values on blue as green gets them: where they name blue as the cluster that the tool is for, they name
 * green. An AWS Load Balancer Controller that is told blue's name would take blue's load balancers for its own.
 *
 * The name alone is replaced only where the key says that it is a cluster's: external-dns goes by it, under another key,
 * as the owner of records that it is to take over.
 *
 * @param values JSON
 */
export function valuesForGreen(values: string, blue: ClusterNames, green: ClusterNames): string {
  return JSON.stringify(replaced(JSON.parse(values) as unknown, '', blue, green));
}

/** Whether what was rendered still names blue as the cluster of a controller. */
export function namesBlue(rendered: string, { name }: ClusterNames): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`--cluster-name[= ]["']?${escaped}(?![\\w.-])`).test(rendered);
}

function replaced(value: unknown, key: string, blue: ClusterNames, green: ClusterNames): unknown {
  if (Array.isArray(value)) return value.map((each) => replaced(each, '', blue, green));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, replaced(each, name, blue, green)]),
    );
  }
  if (value === blue.arn) return green.arn;
  if (value === blue.endpoint) return green.endpoint;
  return value === blue.name && /^cluster[-_]?name$/i.test(key) ? green.name : value;
}
