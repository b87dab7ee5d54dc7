import { isObject, sameJson } from '../../tools/crds/json.ts';
import type { Json } from '../../tools/crds/json.ts';

/**
 * Where two objects say something else, as paths of fields and never with what stands there:
 * `spec.template.spec.containers[0].image`, `data["app.yaml"]`. Lists of another length differ as a whole. What people
 * look for first comes first (`rankOf`), then in the order of the letters.
 */
export function differingPaths(blue: Json, green: Json): string[] {
  const paths: string[] = [];
  walk(blue, green, '', paths);
  return paths.sort((one, other) => rankOf(one) - rankOf(other) || (one < other ? -1 : 1));
}

const ranks: readonly RegExp[] = [/\.image$/, /^spec\.replicas$/, /\.env(From)?(\[|\.|$)/, /^(?!metadata\b)/];

/** How soon a person wants to know of a path: images, replicas, environment, all else, labels and annotations. */
export function rankOf(path: string): number {
  const rank = ranks.findIndex((pattern) => pattern.test(path));
  return rank === -1 ? ranks.length : rank;
}

function walk(blue: unknown, green: unknown, path: string, paths: string[]): void {
  if (sameJson(blue, green)) return;
  if (isObject(blue) && isObject(green)) {
    for (const key of new Set([...Object.keys(blue), ...Object.keys(green)]))
      walk(blue[key], green[key], `${path}${step(key, path === '')}`, paths);
  } else if (Array.isArray(blue) && Array.isArray(green) && blue.length === green.length) {
    for (const [index, each] of blue.entries()) walk(each, green[index], `${path}[${index}]`, paths);
  } else paths.push(path);
}

function step(key: string, isFirst: boolean): string {
  if (/^[A-Za-z_][\w-]*$/.test(key)) return isFirst ? key : `.${key}`;
  return `[${JSON.stringify(key)}]`;
}
