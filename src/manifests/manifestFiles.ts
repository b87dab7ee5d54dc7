import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { StepladderError } from '../contract/errors.ts';
import type { ManifestProblem } from '../checks/removedApis/types.ts';

/** A file that may hold manifests. */
export interface ManifestFile {
  path: string;
  /** It lies in the `templates` folder of a Helm chart: what it holds is known once it is rendered. */
  inChart: boolean;
}

/**
 * The files to scan: what is named as a file whatever its name is, and of folders all `.yaml`, `.yml` and `.json` files
 * in them and below, in the order of their names. `.git` is passed over, and so is what is neither file nor folder.
 *
 * A link is followed unless it leads to where the scan comes by itself, so that links that make a loop end and no file
 * is read twice.
 *
 * @param problems is added to: folders that can't be listed and links that lead nowhere
 * @throws StepladderError `InvalidInput` when a path does not exist: a misspelled folder is not an empty one
 */
export function manifestFiles(paths: readonly string[], problems: ManifestProblem[]): ManifestFile[] {
  const roots = paths.map((path) => ({ path, real: realPath(path) }));
  const walk = new Walk(
    roots.map(({ real }) => real),
    problems,
  );
  for (const { path, real } of roots) {
    const inChart = liesInChart(resolve(path));
    if (statSync(path).isDirectory()) walk.folder(path, real, inChart);
    else walk.files.push({ path, inChart });
  }
  return walk.files;
}

class Walk {
  readonly files: ManifestFile[] = [];
  readonly #roots: readonly string[];
  readonly #problems: ManifestProblem[];
  /** Real paths of folders that have been walked. */
  readonly #walked = new Set<string>();

  constructor(roots: readonly string[], problems: ManifestProblem[]) {
    this.#roots = roots;
    this.#problems = problems;
  }

  folder(path: string, real: string, inChart: boolean): void {
    if (this.#walked.has(real)) return;
    this.#walked.add(real);
    const entries = this.#entries(path);
    const isChart = entries.some(({ name }) => name === 'Chart.yaml');
    for (const entry of entries) {
      const child = join(path, entry.name);
      const childInChart = inChart || (isChart && entry.name === 'templates');
      if (entry.isSymbolicLink()) this.#link(child, childInChart);
      else if (entry.isDirectory()) {
        if (entry.name !== '.git') this.folder(child, join(real, entry.name), childInChart);
      } else if (entry.isFile() && isManifestName(entry.name)) {
        this.files.push({ path: child, inChart: childInChart });
      }
    }
  }

  #link(path: string, inChart: boolean): void {
    let real: string;
    try {
      real = realpathSync(path);
    } catch (error) {
      this.#problems.push({ file: path, problem: `The link leads nowhere: ${reasonOf(error)}.` });
      return;
    }
    const target = statSync(path);
    if (target.isDirectory()) {
      if (!this.#comesBy(real)) this.folder(path, real, inChart);
    } else if (target.isFile() && isManifestName(path)) {
      if (!this.#comesBy(real) || !isManifestName(real)) this.files.push({ path, inChart });
    }
  }

  /** Whether the scan comes to a folder, or to what lies in it, without any link. */
  #comesBy(real: string): boolean {
    return this.#roots.some(
      (root) =>
        real === root ||
        (real.startsWith(`${root}${sep}`) && !real.slice(root.length).split(sep).includes('.git')),
    );
  }

  #entries(path: string): Dirent[] {
    try {
      return readdirSync(path, { withFileTypes: true }).sort((left, right) =>
        left.name < right.name ? -1 : left.name > right.name ? 1 : 0,
      );
    } catch (error) {
      this.#problems.push({ file: path, problem: `The folder can't be listed: ${reasonOf(error)}.` });
      return [];
    }
  }
}

/** What the system says about a file, in short: `ENOENT`. */
export function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw new StepladderError(
      'InvalidInput',
      `There are no manifests to read at ${path}: ${reasonOf(error)}. Say a file or folder that exists.`,
    );
  }
}

const isManifestName = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name);

function liesInChart(path: string): boolean {
  const parent = dirname(path);
  if (parent === path) return false;
  return (basename(path) === 'templates' && existsSync(join(parent, 'Chart.yaml'))) || liesInChart(parent);
}
