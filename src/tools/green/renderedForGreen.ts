import { parseAllDocuments } from 'yaml';
import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { workOf } from '../../kubernetes/copying/holding.ts';
import { readCrds } from '../charts/chartCrds.ts';
import { isObject } from '../crds/json.ts';
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
    ...seenIn(rendered, namespace, by.blueNames),
  };
}

/** What is seen in rendered documents, whoever has rendered them. */
export function seenIn(
  rendered: string,
  namespace: string,
  blue: ClusterNames,
): Pick<RenderedForGreen, 'works' | 'takesBlue'> {
  return { works: worksIn(rendered, namespace), takesBlue: namesBlue(rendered, blue) };
}

/** Objects among rendered documents that must not work twice, each with its namespace. */
function worksIn(rendered: string, namespace: string): Json[] {
  return rendered.split(/^---\s*$/m).flatMap((part) => {
    // Rendering is large: only what may be of such a kind is parsed.
    if (!/^kind:\s*["']?(CronJob|Deployment|StatefulSet|Application|ApplicationSet)\b/m.test(part)) return [];
    return parseAllDocuments(part, { logLevel: 'silent', uniqueKeys: false }).flatMap((document) => {
      const object: unknown = document.toJS();
      if (!isObject(object) || workOf(object, []) === undefined) return [];
      const metadata = isObject(object['metadata']) ? object['metadata'] : {};
      return [{ ...object, metadata: { namespace, ...metadata } }];
    });
  });
}
