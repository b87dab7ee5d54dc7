import { z } from 'zod';
import type { ChartSource } from './tools.ts';

/** Names of query parameters that hold what nobody but their owner may read. */
const secretParameter = /token|secret|password|signature|credential|^(sig|key|auth)$/i;

/** Requests stand in histories for everybody to read, and so must hold no credential. */
function holdsCredential(text: string): boolean {
  if (!URL.canParse(text)) return /^[a-z]+:\/\/[^/]*@/i.test(text);
  const { username, password, searchParams } = new URL(text);
  return (
    username !== '' || password !== '' || [...searchParams.keys()].some((name) => secretParameter.test(name))
  );
}

const address = z
  .string()
  .min(1)
  .refine((text) => !holdsCredential(text), {
    error: 'must hold no user, password or token: what the worker logs in with is its own',
  });

const isWebAddress = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const placeholder = '`{version}` in it stands for each version on offer.';

/** Where a new version of a tool comes from, one of four. */
export const chartSourceSchema = z
  .strictObject({
    repository: address
      .refine(isWebAddress, {
        error:
          'must be the address of a Helm repository, "https://…"; a chart in an OCI registry is {"oci": "oci://…"}',
      })
      .optional()
      .describe('Address of a Helm repository, with `chart`.'),
    chart: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i, { error: 'must be the name of a chart in the repository' })
      .optional()
      .describe('Name of the chart in that repository.'),
    oci: address
      .refine((text) => /^oci:\/\/[^/]+\/[^:]+$/.test(text.replace(/^oci:\/\/([^/:]+):\d+\//, 'oci://$1/')), {
        error: 'must be a chart in an OCI registry without a tag, such as "oci://ghcr.io/example/chart"',
      })
      .optional()
      .describe('A chart in an OCI registry, without a tag. The worker is logged in there by itself.'),
    path: z.string().min(1).optional().describe(`A chart's folder or archive on the worker. ${placeholder}`),
    manifests: address
      .optional()
      .describe(
        `Manifests of CRDs alone: a file or folder on the worker, or a URL. They are compared, not installed. ${placeholder}`,
      ),
  })
  .superRefine(({ repository, chart, oci, path, manifests }, context) => {
    const issue = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message });
    const sources = { repository, oci, path, manifests };
    const given = Object.entries(sources).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    const [first, second] = given;
    if (second !== undefined) {
      issue(second, `a tool has one source, and ${first ?? ''} is one already`);
      return;
    }
    if (first === undefined) {
      const message =
        'must be {"repository": …, "chart": …}, {"oci": …}, {"path": …} or {"manifests": …}, one of them';
      context.addIssue({ code: 'custom', path: [], message });
      return;
    }
    if (repository !== undefined && chart === undefined) issue('chart', 'is missing');
    if (repository === undefined && chart !== undefined) issue('chart', 'is for a repository only');
  })
  .describe('Where its new version comes from.');

export type GivenSource = z.infer<typeof chartSourceSchema>;

/** A source as the schema has let it through: one of the four. */
export function chartSourceOf({
  repository,
  chart,
  oci,
  path,
  manifests,
}: GivenSource): ChartSource | undefined {
  if (repository !== undefined && chart !== undefined) return { repository, chart };
  if (oci !== undefined) return { oci };
  if (path !== undefined) return { path };
  return manifests === undefined ? undefined : { manifests };
}
