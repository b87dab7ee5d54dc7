import { z } from 'zod';
import type { Capabilities } from './capabilities.ts';
import { valuesFlags } from './changes.ts';
import type { ChartForRelease } from './changes.ts';
import { StepladderError } from '../../contract/errors.ts';
import { onRelease, subject } from './releases.ts';
import { readJson, runHelm } from './runHelm.ts';
import type { HelmForCharts, HelmOnCluster } from './runHelm.ts';
import { steadyManifest } from './steadyManifest.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const renderedSchema = z.object({
  manifest: z.string(),
  hooks: z.array(z.object({ manifest: z.string() })).nullish(),
});

/**
 * What helm would install for a release, hooks included: its own dry run against the cluster, with the release's values,
 * what the cluster offers and what templates look up there. It is rendered twice: what differs each time (passwords and
 * certificates that a template makes up) is left out, so that the same plan has the same text.
 *
 * @param first true for a release that is not there yet
 * @throws StepladderError as `runHelm`
 */
export async function renderRelease(
  on: HelmOnCluster,
  wanted: ChartForRelease,
  first: boolean,
): Promise<string> {
  const once = await renderOnce(on, wanted, first);
  return steadyManifest(once, await renderOnce(on, wanted, first));
}

async function renderOnce(on: HelmOnCluster, wanted: ChartForRelease, first: boolean): Promise<string> {
  try {
    return await dryRun(on, wanted, first);
  } catch (error) {
    // Kinds whose CRDs come with this version: only applying the CRDs lets a dry run know them.
    if (!(error instanceof StepladderError) || !/no matches for kind/.test(error.message)) throw error;
    return templateRelease(on, wanted, first);
  }
}

async function dryRun(on: HelmOnCluster, wanted: ChartForRelease, first: boolean): Promise<string> {
  const args = onRelease([first ? 'install' : 'upgrade'], wanted);
  args.splice(2, 0, wanted.path);
  args.push(...valuesFlags(wanted.values), '--dry-run=server', '-o', 'json');
  if (!first) args.push('--reset-then-reuse-values');
  const { stdout } = await runHelm(on, args, subject('render', wanted, wanted.chart));
  const { manifest, hooks } = readJson(renderedSchema, stdout, 'dry run');
  return [manifest, ...(hooks ?? []).map((hook) => hook.manifest)].join('\n---\n');
}

async function templateRelease(on: HelmOnCluster, wanted: ChartForRelease, first: boolean): Promise<string> {
  const values = [...wanted.values];
  if (!first) {
    const { stdout } = await runHelm(
      on,
      [...onRelease(['get', 'values'], wanted), '-o', 'json'],
      subject('read the values of', wanted),
    );
    const file = join(on.access.folder, 'values.json');
    await writeFile(file, stdout, { mode: 0o600 });
    values.unshift(file);
  }
  const args = onRelease(['template'], wanted);
  args.splice(2, 0, wanted.path);
  args.push(...valuesFlags(values), '--dry-run=server', ...(first ? [] : ['--is-upgrade']));
  return (await runHelm(on, args, subject('render', wanted, wanted.chart))).stdout;
}

/**
 * `helm template` of a chart with its CRDs, for what a cluster offers, without asking it anything.
 *
 * @param values the release's own values as JSON; in no argument, and in no file that outlives the call
 * @throws StepladderError as `runHelm`
 */
export async function templateWithCrds(
  on: HelmForCharts,
  wanted: ChartForRelease & { ownValues?: string | undefined; capabilities?: Capabilities | undefined },
): Promise<string> {
  const { capabilities, ownValues, values } = wanted;
  const files = [...values];
  if (ownValues !== undefined) {
    const file = join(on.folder, 'values.json');
    await writeFile(file, ownValues, { mode: 0o600 });
    files.unshift(file);
  }
  const args = onRelease(['template'], wanted);
  args.splice(2, 0, wanted.path);
  args.push('--include-crds', '--is-upgrade', ...valuesFlags(files));
  if (capabilities !== undefined) {
    args.push('--kube-version', capabilities.kubeVersion);
    for (const each of capabilities.apiVersions) args.push('--api-versions', each);
  }
  return (await runHelm(on, args, subject('render', wanted, wanted.chart))).stdout;
}
