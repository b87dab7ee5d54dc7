import { z } from 'zod';
import { chartSourceOf, chartSourceSchema } from './chartSourceSchema.ts';
import type { ResourceSource } from './migration.ts';

const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const releaseName = /^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$/;
const exactVersion = /^v?\d+(\.\d+){1,2}([-+][0-9A-Za-z][0-9A-Za-z.+-]*)?$/;

const chartReleaseSchema = z
  .strictObject({
    release: z
      .string()
      .regex(releaseName, {
        error: 'must be 1 to 53 small letters, digits or "-", beginning and ending with a letter or digit',
      })
      .describe('Name of the Helm release.'),
    namespace: z
      .string()
      .regex(namespaceName, { error: 'must be the name of a namespace' })
      .describe('Namespace of the release; made where it is not there.'),
    source: chartSourceSchema.refine(({ manifests }) => manifests === undefined, {
      path: ['manifests'],
      error: 'are no chart: bring them as {"manifests": {"path": …}}, a source of their own',
    }),
    version: z
      .string()
      .regex(exactVersion, { error: 'must be a version in quotes such as "1.15.0"' })
      .describe('Version of the chart, exactly.'),
    values: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Files with values on the worker. Nothing else counts: not what the old cluster’s release has.',
      ),
  })
  .describe('One chart, by helm, as a release of its own.');

/** Where the new cluster's Kubernetes resources come from. */
export const resourceSourceSchema = z.union(
  [
    z.strictObject({
      copy: z
        .strictObject({
          excludeNamespaces: z
            .array(z.string().regex(namespaceName, { error: 'must be the name of a namespace' }))
            .default([])
            .describe('Namespaces that stay behind.'),
          excludeKinds: z
            .array(z.string().min(1))
            .default([])
            .describe(
              'Kinds that stay behind, each as `cronjobs.batch` or, of the core group, `configmaps`.',
            ),
        })
        .describe('A copy of what the old cluster has, without what controllers make by themselves.'),
    }),
    z.strictObject({
      manifests: z
        .strictObject({
          path: z.string().min(1).describe('File or folder on the worker, with or without a kustomization.'),
        })
        .describe('Manifests on the worker.'),
    }),
    z.strictObject({ chart: chartReleaseSchema }),
    z.strictObject({
      helmfile: z
        .strictObject({
          file: z.string().min(1).describe('A helmfile on the worker.'),
          selector: z.string().min(1).optional().describe('Only releases with these labels.'),
        })
        .describe('Helm releases, as a helmfile has them.'),
    }),
    z.strictObject({
      argoCd: z
        .strictObject({
          namespace: z
            .string()
            .regex(namespaceName, { error: 'must be the name of a namespace' })
            .default('argocd')
            .describe('Namespace of Argo CD, the same on both clusters.'),
          applications: z
            .array(z.string().regex(objectName, { error: 'must be the name of an Application' }))
            .min(1)
            .optional()
            .describe('Names of the Applications. Without this and a selector: all of the namespace.'),
          selector: z
            .string()
            .min(1)
            .optional()
            .describe('Which Applications, by their labels as for kubectl: `team=shop,tier!=db`.'),
        })
        .describe(
          'Applications of Argo CD, with the projects and repositories that they need: each is synced once by Argo CD on the new cluster, which has to be there by then.',
        ),
    }),
  ],
  {
    error: 'must be {"copy": {…}}, {"manifests": {…}}, {"chart": {…}}, {"helmfile": {…}} or {"argoCd": {…}}',
  },
);

export type GivenResourceSource = z.infer<typeof resourceSourceSchema>;

/** A source as the plan has it. */
export function resourceSourceOf(given: GivenResourceSource): ResourceSource {
  if (!('chart' in given)) return given;
  const { source, ...rest } = given.chart;
  const chart = chartSourceOf(source);
  // The schema lets nothing else through.
  if (chart === undefined || 'manifests' in chart) throw new TypeError(`${rest.release} has no chart`);
  return { chart: { ...rest, source: chart } };
}
