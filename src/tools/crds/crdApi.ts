import type { KubernetesConnection } from '../../kubernetes/connection.ts';
import { statusBehind } from '../../kubernetes/errors.ts';
import type { CrdDocument } from '../types.ts';
import { fieldManagerOf } from './fieldManager.ts';
import { isObject, objectAt, textAt } from './json.ts';
import type { Json } from './json.ts';

const crdsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Where a CRD is in the Kubernetes API. */
export function pathOfCrd(name: string): string {
  return `${crdsPath}/${encodeURIComponent(name)}`;
}

/**
 * A CRD as it is in the cluster; undefined where there is none of that name.
 * Throws as `KubernetesConnection.getJson`.
 */
export async function readCrd(
  connection: KubernetesConnection,
  name: string,
  signal?: AbortSignal,
): Promise<Json | undefined> {
  try {
    const found = await connection.getJson(pathOfCrd(name), {
      signal,
      what: `read the CustomResourceDefinition ${name}`,
    });
    return isObject(found) ? found : {};
  } catch (error) {
    if (statusBehind(error)?.code === 404) return undefined;
    throw error;
  }
}

/** Another one wrote the CRD between our read and our write: read again, and write again. */
const conflictTries = 3;

/**
 * Sends a CRD to the API server, and gives what it is then, or would be.
 *
 * What stands in a chart's `crds` folder or in manifests is applied server-side with force, as
 * `kubectl apply --server-side --force-conflicts` does. What a chart has among its templates replaces the spec of what
 * is there, because Helm takes out what the new version no longer says, whoever wrote it; labels and annotations of
 * others stay.
 *
 * @param live as it is in the cluster; undefined makes a new one
 * @param dryRun nothing is stored, and the answer is what would have been
 * @throws StepladderError as `KubernetesConnection.change`; `statusBehind` gives an API server's refusal (422)
 */
export async function submitCrd(
  connection: KubernetesConnection,
  document: CrdDocument,
  live: Json | undefined,
  { dryRun, signal }: { dryRun: boolean; signal?: AbortSignal | undefined },
): Promise<Json> {
  const options = { dryRun: dryRun ? 'All' : undefined, fieldManager: fieldManagerOf(live) };
  const what = `${dryRun ? 'try' : 'apply'} the CustomResourceDefinition ${document.name}`;
  if (document.from !== 'template' || live === undefined) {
    return asObject(
      await connection.change('APPLY', pathOfCrd(document.name), {
        body: bodyOf(document),
        query: { ...options, force: 'true' },
        signal,
        what,
      }),
    );
  }
  let current: Json = live;
  for (let tries = 1; ; tries += 1) {
    try {
      const body = replacing(document, current);
      return asObject(
        await connection.change('PUT', pathOfCrd(document.name), { body, query: options, signal, what }),
      );
    } catch (error) {
      if (statusBehind(error)?.code !== 409 || tries >= conflictTries) throw error;
      current = (await readCrd(connection, document.name, signal)) ?? current;
    }
  }
}

/** What a document says and an API server takes: tools that generate CRDs leave an empty status in them. */
function bodyOf({ name, object }: CrdDocument): Json {
  const metadata = objectAt(object, 'metadata');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name,
      ...(isObject(metadata['labels']) ? { labels: metadata['labels'] } : {}),
      ...(isObject(metadata['annotations']) ? { annotations: metadata['annotations'] } : {}),
    },
    spec: object['spec'],
  };
}

function replacing(document: CrdDocument, live: Json): Json {
  const body = bodyOf(document);
  const old = objectAt(live, 'metadata');
  const metadata = objectAt(body, 'metadata');
  return {
    ...body,
    metadata: {
      ...old,
      labels: { ...objectAt(old, 'labels'), ...objectAt(metadata, 'labels') },
      annotations: { ...objectAt(old, 'annotations'), ...objectAt(metadata, 'annotations') },
      resourceVersion: textAt(old, 'resourceVersion'),
      managedFields: undefined,
    },
  };
}

function asObject(answer: unknown): Json {
  return isObject(answer) ? answer : {};
}
