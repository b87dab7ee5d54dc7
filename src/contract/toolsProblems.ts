import type { GivenSource } from './chartSourceSchema.ts';
import { latestWithoutCrdDifference } from './tools.ts';

/** As much of a request's tool as can contradict itself. */
interface Tool {
  version: string;
  source?: GivenSource | undefined;
  values: readonly string[];
  versions: readonly string[];
  helmfile?: object | undefined;
}

interface Contradiction {
  path: (string | number)[];
  message: string;
}

const placeholder = '{version}';

/** What of one tool can't be meant together, by its path below the tool. */
export function contradictionsOfTool({ version, source, values, versions, helmfile }: Tool): Contradiction[] {
  const found: Contradiction[] = [];
  const problem = (path: string, message: string) => found.push({ path: path.split('.'), message });
  if (helmfile !== undefined && values.length > 0) {
    problem('values', 'stand in the helmfile: give them there, or leave helmfile out');
  }
  const { manifests, path } = source ?? {};
  if (manifests !== undefined && helmfile === undefined && values.length > 0) {
    problem('values', 'are for a chart, and manifests have none');
  }
  const place = manifests ?? path;
  if (place === undefined) {
    if (source !== undefined && versions.length > 0) {
      problem('versions', 'are for manifests by URL or paths with {version}: this source lists its own');
    }
    return found;
  }
  const field = `source.${manifests === undefined ? 'path' : 'manifests'}`;
  if (!place.includes(placeholder)) {
    const several =
      versions.length > 0 || (manifests !== undefined && version === latestWithoutCrdDifference);
    if (several) problem(field, 'must have {version} where the version stands: it is one version alone so');
  } else if (/^https?:/i.test(place) && version === latestWithoutCrdDifference && versions.length === 0) {
    problem('versions', 'must list the versions on offer: a URL can’t be asked for them');
  }
  return found;
}

/** Tools that stand in the list a second time. */
export function repeatedTools(tools: readonly { name: string }[]): Contradiction[] {
  return tools.flatMap(({ name }, index) =>
    tools.findIndex((each) => each.name === name) === index
      ? []
      : [{ path: [index, 'name'], message: `"${name}" stands in the list already` }],
  );
}
