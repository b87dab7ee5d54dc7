import { z } from 'zod';
import type { MinorVersion } from '../contract/plan.ts';
import type { KubernetesConnection } from './connection.ts';
import { parse } from './list.ts';

/** EKS and others write the minor as `31+`. */
const versionSchema = z
  .object({ major: z.string().regex(/^\d+/), minor: z.string().regex(/^\d+/) })
  .transform(({ major, minor }): MinorVersion => `${String(parseInt(major))}.${String(parseInt(minor))}`);

/** The minor version that the API server says it has, `1.31`. While a control plane is replaced it may go to and fro. */
export async function serverVersion(
  connection: KubernetesConnection,
  signal?: AbortSignal,
): Promise<MinorVersion> {
  const answer = await connection.getJson('/version', { signal, what: "read the API server's version" });
  return parse(versionSchema, answer, 'a version');
}
