import { parseAllDocuments } from 'yaml';
import type { Capabilities } from '../helm/capabilities.ts';
import type { HelmProgram } from '../helm/binary.ts';
import { withPrivateFolder } from '../helm/privateFolder.ts';
import { templateWithCrds } from '../helm/render.ts';
import { toolProblem } from '../problem.ts';
import type { CrdDocument, FetchedChart } from '../types.ts';

/** With what a chart is rendered to find its CRDs. */
export interface ChartRendering {
  helm: HelmProgram;
  release: string;
  namespace: string;
  /** The release's own values as JSON (`releaseValues`); absent for a release that is not there yet. */
  ownValues?: string | undefined;
  /** Files with values, on top. */
  values: readonly string[];
  /** What the cluster offers; without it, what this helm takes for usual. */
  capabilities?: Capabilities | undefined;
  signal?: AbortSignal | undefined;
  environment?: NodeJS.ProcessEnv | undefined;
}

/**
 * The CRDs that a version of a chart brings with a release's values: those of the folders `crds` of it and of those
 * subcharts that the values switch on, and those that templates make.
 *
 * @throws StepladderError `ToolRefused` (`broken-chart`, `values-do-not-render`)
 */
export async function crdsOfChart(
  { path, version }: FetchedChart,
  { helm, release, namespace, ownValues, values, capabilities, signal, environment }: ChartRendering,
): Promise<CrdDocument[]> {
  const rendered = await withPrivateFolder((folder) =>
    templateWithCrds(
      { helm, folder, signal, environment },
      { release, namespace, path, chart: `version ${version}`, values, ownValues, capabilities },
    ),
  );
  return readCrds(rendered, path);
}

/**
 * The CRDs among rendered documents, told apart by the file that helm says each is from.
 *
 * @param of the chart, for messages
 */
export function readCrds(rendered: string, of: string): CrdDocument[] {
  const found = new Map<string, CrdDocument>();
  let source = '';
  for (const part of rendered.split(/^---\s*$/m)) {
    // Helm names the file of each document that a template makes, but of a file in `crds` only once.
    source = /^# Source: (.*)$/m.exec(part)?.[1] ?? source;
    // Rendering is large and CRDs are few: only what may be one is parsed.
    if (!mayBeCrd(part)) continue;
    const from = /^[^/]+\/(?:charts\/[^/]+\/)*crds\//.test(source) ? 'crds' : 'template';
    for (const document of parseAllDocuments(part, { logLevel: 'silent', uniqueKeys: false })) {
      const object: unknown = document.toJS();
      if (document.errors.length === 0 && kindOf(object) !== 'CustomResourceDefinition') continue;
      const name = nameOf(object);
      if (document.errors.length > 0 || name === undefined) {
        throw toolProblem(
          'broken-chart',
          `A CRD of the chart ${of} can't be read${name === undefined ? '' : ` (${name})`}: it is no valid YAML, or has no name.`,
          'Take another version, or have the chart mended.',
        );
      }
      // What a template makes replaces what was installed from `crds`, as in the cluster.
      found.set(name, { name, from, object: object as Record<string, unknown> });
    }
  }
  return [...found.values()];
}

/** Whether a document may be a CRD: as YAML has it, a field a line, or in braces, as JSON does. */
function mayBeCrd(part: string): boolean {
  return (
    /^["']?kind["']?\s*:\s*["']?CustomResourceDefinition\b/m.test(part) ||
    (/^\{/m.test(part) && /["']?kind["']?\s*:\s*["']?CustomResourceDefinition\b/.test(part))
  );
}

function kindOf(object: unknown): unknown {
  return typeof object === 'object' && object !== null && 'kind' in object ? object.kind : undefined;
}

function nameOf(object: unknown): string | undefined {
  if (typeof object !== 'object' || object === null || !('metadata' in object)) return undefined;
  const { metadata } = object;
  if (typeof metadata !== 'object' || metadata === null || !('name' in metadata)) return undefined;
  return typeof metadata.name === 'string' ? metadata.name : undefined;
}
