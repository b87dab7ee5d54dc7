/**
 * Measures the scan of 10,000 manifest files as a whole process, beside pluto on the same files in the same run, each
 * in turn so that what else the machine does falls on both alike.
 *
 *   npm run bench:manifests                 7 rounds
 *   npm run bench:manifests -- --rounds 3
 *   npm run bench:manifests -- --parse-all  also with every document parsed
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchManifests, benchVersions } from './benchManifests.ts';
import { measure, median } from './measure.ts';
import type { Run } from './measure.ts';
import { plutoBinary } from './pluto.ts';
import { writeManifests } from './writeManifests.ts';

/** What is measured, and how many removed APIs its output names. */
interface Contestant {
  name: string;
  program: string;
  args: string[];
  found: (output: string) => number;
}

const root = join(import.meta.dirname, '..', '..');
const note = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '7' }, 'parse-all': { type: 'boolean', default: false } },
  });
  const rounds = Number(values.rounds);
  const folder = await mkdtemp(join(tmpdir(), 'bench-manifests-'));
  try {
    const written = writeManifests(folder, benchManifests);
    const megabytes = written.bytes / 1e6;
    note(
      `${written.files} files, ${megabytes.toFixed(1)} MB, ${written.documents} documents, ${written.removed} with a removed API`,
    );
    const contestants = await contestantsFor(folder, values['parse-all']);
    const runs = new Map<string, Run[]>(contestants.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const { name, program, args } of contestants) runs.get(name)?.push(await measure(program, args));
    }
    for (const contestant of contestants) {
      const own = runs.get(contestant.name) ?? [];
      // Whoever has not done the work is not measured at it.
      const found = contestant.found(own[0]?.output ?? '');
      if (found !== written.removed) {
        throw new Error(
          `${contestant.name} found ${found} of ${written.removed}: ${contestant.program} ${contestant.args.join(' ')}`,
        );
      }
      print(contestant.name, own, megabytes);
    }
    compare(runs);
    note(
      `load of the machine: ${loadavg()
        .map((load) => load.toFixed(1))
        .join(', ')}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function contestantsFor(folder: string, parseAll: boolean): Promise<Contestant[]> {
  const node = process.execPath;
  const scan = join(root, 'bench/manifests/scan.ts');
  const removedIn = (output: string) => (JSON.parse(output) as { removed: number }).removed;
  const { from, to } = benchVersions;
  const contestants: Contestant[] = [{ name: 'scan', program: node, args: [scan, folder], found: removedIn }];
  if (parseAll) {
    contestants.push({
      name: 'scan, all parsed',
      program: node,
      args: [scan, folder, '--parse-all'],
      found: removedIn,
    });
  }
  if (existsSync(join(root, 'src/commands/check.ts'))) {
    const command = [
      join(root, 'bin/stepladder.js'),
      'check',
      '--manifests',
      folder,
      '--from',
      from,
      '--to',
      to,
    ];
    contestants.unshift({
      name: 'stepladder check',
      program: node,
      args: [...command, '-o', 'json'],
      found: evidenceOfApis,
    });
  }
  try {
    contestants.push({
      name: 'pluto',
      program: await plutoBinary(note),
      args: ['detect-files', '-d', folder, '--target-versions', `k8s=v${to}.0`, '-o', 'json'],
      found: (output) => (JSON.parse(output) as { items: unknown[] }).items.length,
    });
  } catch (error) {
    note(`pluto is not compared: ${error instanceof Error ? error.message : String(error)}`);
  }
  return contestants;
}

/** How many places the findings about APIs name; files that can't be parsed are findings of their own. */
function evidenceOfApis(output: string): number {
  const { findings } = JSON.parse(output) as {
    findings: { subject: { kind: string }; evidence: unknown[] }[];
  };
  return findings.filter(({ subject }) => subject.kind === 'API').flatMap(({ evidence }) => evidence).length;
}

function print(name: string, runs: readonly Run[], megabytes: number): void {
  const seconds = runs.map((run) => run.seconds);
  const peaks = runs.flatMap(({ peakMegabytes }) => peakMegabytes ?? []);
  const middle = median(seconds);
  process.stdout.write(
    [
      name.padEnd(17),
      `${middle.toFixed(2)} s (${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)})`,
      `${((middle / megabytes) * 1000).toFixed(1)} ms a MB`,
      peaks.length === 0 ? 'peak unknown' : `peak ${Math.max(...peaks).toFixed(0)} MB`,
    ].join('   ') + '\n',
  );
}

/** The ratio of each to pluto, round by round: only what ran side by side is compared. */
function compare(runs: ReadonlyMap<string, readonly Run[]>): void {
  const pluto = runs.get('pluto');
  if (pluto === undefined) return;
  for (const [name, own] of runs) {
    if (name === 'pluto') continue;
    const ratios = own.map(({ seconds }, round) => seconds / (pluto[round]?.seconds ?? NaN));
    process.stdout.write(`${name}: ${median(ratios).toFixed(2)} times pluto's time\n`);
  }
}

await main();
