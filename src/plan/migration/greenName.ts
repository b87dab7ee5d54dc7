import type { MinorVersion } from '../../contract/plan.ts';
import type { Request } from '../../contract/request.ts';
import { baseName } from '../nodeGroupNames.ts';

/** EKS takes cluster names of up to 100 characters. */
const longestName = 100;

/**
 * The name of the new cluster: the request's, or blue's with the new version, `prod` → `prod-1-34` and later
 * `prod-1-34` → `prod-1-35`, so that it stays readable over many migrations. It is cut where it would be too long for
 * EKS. That another cluster has it already is a finding, and no reason to take another one: what people have read is
 * what there will be.
 *
 * @param from blue's version
 */
export function greenName(
  { cluster, migration }: Pick<Request, 'cluster' | 'migration'>,
  from: MinorVersion,
  to: MinorVersion,
): string {
  const given = migration?.green.name;
  if (given !== undefined) return given;
  const ending = `-${to.replace('.', '-')}`;
  const base = baseName(cluster.name, from);
  return `${base.slice(0, longestName - ending.length).replace(/[-_]+$/, '')}${ending}`;
}
