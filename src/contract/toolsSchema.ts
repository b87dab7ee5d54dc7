import { z } from 'zod';
import { chartSourceSchema } from './chartSourceSchema.ts';
import { minorVersion } from './minorVersion.ts';
import { contradictionsOfTool, repeatedTools } from './toolsProblems.ts';
import { latestWithoutCrdDifference } from './tools.ts';

const nameForm = 'must be 1 to 53 small letters, digits or "-", beginning and ending with a letter or digit';
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/, { error: nameForm });

const versionForm = `must be a version in quotes such as "1.15.0", or "${latestWithoutCrdDifference}"`;
const exactVersion = /^v?\d+(\.\d+){1,2}([-+][0-9A-Za-z][0-9A-Za-z.+-]*)?$/;

const helmfileSchema = z
  .strictObject({
    file: z.string().min(1).describe('The helmfile, on the worker.'),
    selector: z
      .string()
      .regex(/^[^=\s,]+!?=[^=\s,]+(,[^=\s,]+!?=[^=\s,]+)*$/, {
        error: 'must be labels as helmfile takes them, such as "name=external-dns"',
      })
      .optional()
      .describe('Which of its releases, `name=external-dns`. Without it: the one of this name.'),
  })
  .describe('A helmfile that the tool is kept in: `helmfile sync` does the upgrade then.');

const toolSchema = z
  .strictObject({
    name: name.describe(
      'Which tool. `argo-cd`, `aws-load-balancer-controller`, `descheduler` and `external-dns` are known, with their usual sources, releases and namespaces; any other needs these three.',
    ),
    version: z
      .string({ error: versionForm })
      .refine((text) => text === latestWithoutCrdDifference || exactVersion.test(text), {
        error: versionForm,
      })
      .describe(
        `Version of the chart, or \`"${latestWithoutCrdDifference}"\`: the highest whose CRDs are those of the cluster, documentation apart.`,
      ),
    crds: z
      .enum(['refuse', 'additive', 'allow'])
      .default('refuse')
      .describe(
        'How its CRDs may differ from those of the cluster. `refuse`: in documentation at most; `additive`: in what takes nothing away; `allow`: in any way that no custom resource of the cluster breaks. Changes that are let through are in the plan.',
      ),
    source: chartSourceSchema.optional(),
    release: name.optional().describe('Name of its Helm release.'),
    namespace: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: 'must be the name of a namespace' })
      .optional()
      .describe('Namespace of the release.'),
    values: z
      .array(z.string().min(1))
      .default([])
      .describe('Files with values on the worker, on top of those that the release has.'),
    versions: z
      .array(z.string().regex(exactVersion, { error: 'must be a version such as "2.14.11"' }))
      .default([])
      .describe('Versions on offer, where the source can’t list them (manifests by URL).'),
    helmfile: helmfileSchema.optional(),
    awaitGit: z
      .boolean()
      .default(false)
      .describe(
        'For a tool that Argo CD keeps as it stands in Git: wait until Git has brought it to the version, instead of a blocker.',
      ),
    after: minorVersion
      .optional()
      .describe('The hop after whose workers it is upgraded, by the version it leads to; else the last hop.'),
  })
  .superRefine((tool, context) => {
    for (const { path, message } of contradictionsOfTool(tool)) {
      context.addIssue({ code: 'custom', path, message });
    }
  })
  .describe('One tool.');

const toolList = z.array(toolSchema).superRefine((tools, context) => {
  for (const { path, message } of repeatedTools(tools)) {
    context.addIssue({ code: 'custom', path, message });
  }
});

/** Cluster tools to bring to other versions. */
export const toolsSchema = toolList
  .default([])
  .describe('Cluster tools that are upgraded after the workers, by their charts, in this order.');

/** The same where tools are all that is upgraded. */
export const toolsAloneSchema = toolList
  .min(1, { error: 'must name at least one tool' })
  .superRefine((tools, context) => {
    tools.forEach(({ after }, index) => {
      if (after === undefined) return;
      const message = 'is for upgradeCluster: here there is no hop to come after';
      context.addIssue({ code: 'custom', path: [index, 'after'], message });
    });
  })
  .describe('The cluster tools to upgrade, in this order.');

/** One tool as a checked request asks for it; what its profile knows may be absent. */
export type RequestTool = z.infer<typeof toolSchema>;
