import { parseAllDocuments } from 'yaml';
import type { Singleton } from '../../contract/migration.ts';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { workOf } from '../../kubernetes/copying/holding.ts';
import { readCrds } from '../charts/chartCrds.ts';
import { isObject, objectAt, textAt } from '../crds/json.ts';
import type { Json } from '../crds/json.ts';
import { readCapabilities } from '../helm/capabilities.ts';
import type { HelmProgram } from '../helm/binary.ts';
import { withPrivateFolder } from '../helm/privateFolder.ts';
import { templateWithCrds } from '../helm/render.ts';
import type { CrdDocument, FetchedChart } from '../types.ts';
import { namesBlue } from './valuesForGreen.ts';
import type { ClusterNames } from './valuesForGreen.ts';

/** What a chart brings to a new cluster that has to be looked after besides what helm does. */
export interface RenderedForGreen {
  /** CRDs of the chart's folder `crds`, which come before anything else. Those of templates are helm's to bring. */
  crds: CrdDocument[];
  /** Objects that must not work on two clusters at once. */
  works: Json[];
  /** Hooks that are Pods or make some, each as `Job migrate`. Those of tests, which helm does not run by itself, are left out. */
  hooks: string[];
  /** True when a controller of it would take itself for blue's. */
  takesBlue: boolean;
}

/**
 * Renders a chart as green will get it. Throws as `templateWithCrds` (`ToolRefused` for values that do not render).
 *
 * @param by.ownValues the release's own values as JSON; undefined where it has none
 */
export async function renderForGreen(
  chart: FetchedChart,
  by: {
    helm: HelmProgram;
    green: KubernetesConnection;
    release: string;
    namespace: string;
    values: readonly string[];
    ownValues: string | undefined;
    blueNames: ClusterNames;
    singletons?: readonly Singleton[] | undefined;
    signal: AbortSignal;
    environment: NodeJS.ProcessEnv;
  },
): Promise<RenderedForGreen> {
  const { helm, green, release, namespace, values, ownValues, signal, environment } = by;
  const capabilities = await readCapabilities(green, signal);
  const rendered = await withPrivateFolder((folder) =>
    templateWithCrds(
      { helm, folder, signal, environment },
      {
        ...{ release, namespace, path: chart.path, chart: `version ${chart.version}` },
        ...{ values, ownValues, capabilities },
      },
    ),
  );
  return {
    crds: readCrds(rendered, chart.path).filter(({ from }) => from === 'crds'),
    ...seenIn(rendered, namespace, by.blueNames, by.singletons),
  };
}

/** What is seen in rendered documents, whoever has rendered them. */
export function seenIn(
  rendered: string,
  namespace: string,
  blue: ClusterNames,
  singletons: readonly Singleton[] = [],
): Pick<RenderedForGreen, 'works' | 'hooks' | 'takesBlue'> {
  return {
    works: worksIn(rendered, namespace, singletons),
    hooks: hooksIn(rendered),
    takesBlue: namesBlue(rendered, blue),
  };
}

/** Objects among rendered documents that must not work twice, each with its namespace. */
function worksIn(rendered: string, namespace: string, singletons: readonly Singleton[]): Json[] {
  return documentsOf(rendered).flatMap((part) => {
    // Rendering is large: only what may be of such a kind is parsed.
    if (!/^kind:\s*["']?(CronJob|Deployment|StatefulSet|Application|ApplicationSet)\b/m.test(part)) return [];
    return parseAllDocuments(part, { logLevel: 'silent', uniqueKeys: false }).flatMap((document) => {
      const object: unknown = document.toJS();
      if (!isObject(object)) return [];
      const placed = { ...object, metadata: { namespace, ...objectAt(object, 'metadata') } };
      return workOf(placed, singletons) === undefined ? [] : [placed];
    });
  });
}

function hooksIn(rendered: string): string[] {
  return documentsOf(rendered).flatMap((part) => {
    if (!part.includes('helm.sh/hook') || !/^kind:\s*["']?(Job|Pod)\b/m.test(part)) return [];
    return parseAllDocuments(part, { logLevel: 'silent', uniqueKeys: false }).flatMap((document) => {
      const object: unknown = document.toJS();
      const metadata = objectAt(object, 'metadata');
      const when = textAt(objectAt(metadata, 'annotations'), 'helm.sh/hook').split(',');
      const runs = when.some((each) => each.trim() !== '' && !each.trim().startsWith('test'));
      return runs ? [`${textAt(object, 'kind')} ${textAt(metadata, 'name')}`] : [];
    });
  });
}

const documentsOf = (rendered: string): string[] => rendered.split(/^---\s*$/m);
