/**
 * Writes src/checks/monitoring/data/metrics.json: the metrics that Kubernetes' own components define, minor by minor.
 *
 *   npm run generate:metrics
 *
 * It needs Go, whose module proxy holds the releases (about 100 MB each for a fresh cache). Sources, of one release:
 *
 * - the Go code of k8s.io/kubernetes (`pkg`, `cmd`, `plugin`) and of the staging modules that its go.mod names: every
 *   call that makes a metric, worked out by scripts/kubernetes-metrics. The release's own documentation list lags
 *   behind its code (that of 1.34 is that of 1.32), so it is not read;
 * - k8s.io/component-base `metrics/registry.go`: when a deprecated metric is hidden. Up to 1.34 that was the minor
 *   after its deprecation; from 1.35 on it depends on its stability.
 *
 * The result depends on nothing but those versions: run it again and nothing changes.
 */
import { execa } from 'execa';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const releases = ['1.29.6', '1.30.14', '1.31.0', '1.32.2', '1.33.13', '1.34.4', '1.35.4', '1.36.3', '1.37.2'];

/** Staging modules that hold no component's code, or code generators only. */
const passedOver = new Set(['api', 'cli-runtime', 'code-generator', 'kubectl', 'metrics']);

/** What can't be read from the code, and why that is no gap. Anything else ends the script. */
const expected = [
  // Makes an existing metric anew, for tests.
  'apiextensions-apiserver/pkg/apiserver/validation/metrics.go',
  // Passes on whatever the container runtime reports; the names are the runtime's.
  'kubernetes/pkg/kubelet/metrics/collectors/cri_metrics.go',
];

const stabilities = ['INTERNAL', 'ALPHA', 'BETA', 'STABLE'] as const;
const listSchema = z.object({
  definitions: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['counter', 'gauge', 'histogram', 'summary', 'untyped']),
      labels: z.array(z.string()),
      labelsKnown: z.boolean(),
      stability: z.enum(stabilities),
      deprecated: z
        .string()
        .regex(/^\d+\.\d+\.\d+$/)
        .optional(),
      help: z.string(),
    }),
  ),
  unresolved: z.array(z.object({ position: z.string(), why: z.string() })).nullable(),
});
type Definition = z.infer<typeof listSchema>['definitions'][number];

/** A metric as it is over some minors. */
interface Span {
  from: string;
  to: string;
  type: Definition['type'];
  labels?: string[];
  stability: Definition['stability'];
  deprecated?: string;
  hidden?: true;
  help: string;
}

interface Release {
  minor: string;
  release: string;
  modules: string[];
  missing: string[];
  metrics: Map<string, Omit<Span, 'from' | 'to'>>;
}

async function main(): Promise<void> {
  const read: Release[] = [];
  for (const release of releases) {
    process.stderr.write(`${release}: reading the modules\n`);
    const each = await readRelease(release);
    process.stderr.write(`${release}: ${each.metrics.size} metrics\n`);
    read.push(each);
  }
  const target = new URL('../src/checks/monitoring/data/metrics.json', import.meta.url);
  await writeFile(target, format(read));
}

async function readRelease(release: string): Promise<Release> {
  const [, minorNumber = '', patch = ''] = release.split('.');
  const staging = `v0.${minorNumber}.${patch}`;
  const kubernetes = await requiredFolder('k8s.io/kubernetes', `v${release}`);
  const places = [`k8s.io/kubernetes=${kubernetes}:pkg,cmd,plugin`];
  const modules = [`k8s.io/kubernetes v${release}`];
  const missing: string[] = [];
  for (const name of await stagingModules(kubernetes)) {
    const folder = await moduleFolder(`k8s.io/${name}`, staging);
    if (folder === undefined) missing.push(`k8s.io/${name}`);
    else {
      places.push(`k8s.io/${name}=${folder}`);
      modules.push(`k8s.io/${name} ${staging}`);
    }
  }
  const { stdout } = await execa('go', ['run', '.', ...places], {
    cwd: join(import.meta.dirname, 'kubernetes-metrics'),
  });
  const { definitions, unresolved } = listSchema.parse(JSON.parse(stdout));
  refuseSurprises(release, unresolved ?? []);
  const periods = await deprecationPeriods(await requiredFolder('k8s.io/component-base', staging));
  return {
    minor: `1.${minorNumber}`,
    release,
    modules,
    missing,
    metrics: merged(definitions, Number(minorNumber), periods),
  };
}

async function requiredFolder(path: string, version: string): Promise<string> {
  const folder = await moduleFolder(path, version);
  if (folder === undefined) throw new Error(`${path} ${version} is not to be had from the module proxy`);
  return folder;
}

/** Downloads a module unless Go's cache holds it; undefined when the proxy has no such version. */
async function moduleFolder(path: string, version: string): Promise<string | undefined> {
  // -mod=mod: outside a module of ours there is nothing that Go could keep unchanged.
  const { stdout } = await execa('go', ['mod', 'download', '-json', `${path}@${version}`], {
    env: { GOFLAGS: '-mod=mod' },
    reject: false,
  });
  return z.object({ Dir: z.string().optional() }).parse(JSON.parse(stdout)).Dir;
}

/** Up to 1.30 go.mod says `k8s.io/apiserver => ./staging/…`, from 1.31 on `v0.0.0`, with the place in go.work. */
async function stagingModules(kubernetes: string): Promise<string[]> {
  const file = await readFile(join(kubernetes, 'go.mod'), 'utf8');
  const names = [...file.matchAll(/^\s*k8s\.io\/([\w-]+) v0\.0\.0(?=\s|$)/gm)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !passedOver.has(name) && !name.startsWith('sample-')).sort();
}

function refuseSurprises(release: string, unresolved: readonly { position: string; why: string }[]): void {
  const surprises = unresolved.filter(({ position }) => {
    const place = position.replace(/@[^/]*/, '').replace(/:\d+$/, '');
    return !expected.includes(place);
  });
  if (surprises.length === 0) return;
  const lines = surprises.map(({ position, why }) => `  ${position}: ${why}`);
  throw new Error(`${release}: these metrics could not be read from the code:\n${lines.join('\n')}`);
}

type Periods = Record<Definition['stability'], number>;

/** How many minors a deprecated metric is still shown, the one that deprecates it included, by its stability. */
async function deprecationPeriods(componentBase: string): Promise<Periods> {
  const source = await readFile(join(componentBase, 'metrics/registry.go'), 'utf8');
  const [, body] = /func deprecationPeriodMinorVersions\([^)]*\) \w+ \{([\s\S]*?)\n\}/.exec(source) ?? [];
  if (body === undefined) {
    if (!source.includes('deprecatedVersion.LT(guardVersion)')) {
      throw new Error(
        `${componentBase}: registry.go hides deprecated metrics by a rule that is not known here`,
      );
    }
    return { INTERNAL: 1, ALPHA: 1, BETA: 1, STABLE: 1 };
  }
  const period = (pattern: RegExp): number => {
    const [, number] = pattern.exec(body) ?? [];
    if (number === undefined)
      throw new Error(`${componentBase}: registry.go has no period for ${String(pattern)}`);
    return Number(number);
  };
  const other = period(/default:[^\n]*\n\s*return (\d+)/);
  return {
    INTERNAL: other,
    ALPHA: other,
    BETA: period(/case BETA:\s*return (\d+)/),
    STABLE: period(/case STABLE:\s*return (\d+)/),
  };
}

/** A name that several components define is one metric: its labels together, hidden where all of them are. */
function merged(definitions: readonly Definition[], minor: number, periods: Periods): Release['metrics'] {
  const metrics: Release['metrics'] = new Map();
  // The Go runtime's and the process's own metrics are not Kubernetes' to change.
  for (const definition of definitions.filter(({ name }) => !/^(?:go|process)_/.test(name))) {
    const { name, type, stability, help, deprecated } = definition;
    const [, deprecatedMinor] = deprecated?.split('.') ?? [];
    const since = deprecatedMinor === undefined ? Infinity : Number(deprecatedMinor);
    const hidden = minor >= since + periods[stability];
    const other = metrics.get(name);
    const known = definition.labelsKnown && (other === undefined || other.labels !== undefined);
    const labels = [...new Set([...(other?.labels ?? []), ...definition.labels])].sort();
    metrics.set(name, {
      type,
      ...(known ? { labels } : {}),
      stability,
      // A version that is still to come: announced in the code, not yet in force.
      ...(since <= minor ? { deprecated: `1.${since}` } : {}),
      ...(hidden && other?.hidden !== undefined ? { hidden: true as const } : {}),
      ...(hidden && other === undefined ? { hidden: true as const } : {}),
      help: help.replaceAll(/\s+/g, ' ').trim(),
    });
  }
  return metrics;
}

/** Minors in which a metric is the same are one span, with the newest help text. */
function spansOf(name: string, read: readonly Release[]): Span[] {
  const spans: Span[] = [];
  let previous: string | undefined;
  for (const { minor, metrics } of read) {
    const metric = metrics.get(name);
    const last = spans.at(-1);
    if (metric !== undefined) {
      if (last !== undefined && last.to === previous && sameButHelp(last, metric)) {
        last.to = minor;
        last.help = metric.help;
      } else spans.push({ from: minor, to: minor, ...metric });
    }
    previous = minor;
  }
  return spans;
}

function sameButHelp(span: Span, metric: Omit<Span, 'from' | 'to'>): boolean {
  const { from: _from, to: _to, help: _help, ...own } = span;
  const { help: _otherHelp, ...other } = metric;
  return JSON.stringify(own) === JSON.stringify(other);
}

/** One line a metric, so that a difference can be read. */
function format(read: readonly Release[]): string {
  const names = [...new Set(read.flatMap(({ metrics }) => [...metrics.keys()]))].sort();
  const minors = read.map(({ minor, release, modules, missing }) =>
    JSON.stringify({ minor, release, modules, ...(missing.length > 0 ? { missing } : {}) }),
  );
  const metrics = names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(spansOf(name, read))}`);
  return `{\n"minors": [\n${minors.join(',\n')}\n],\n"metrics": {\n${metrics.join(',\n')}\n}\n}\n`;
}

await main();
