import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HelmProgram } from '../../src/tools/helm/binary.ts';

/** What is asked of a cluster by helm, as a fake cluster can't answer it. */
export type HelmQuestion = 'get values' | 'get manifest' | 'get hooks' | 'upgrade' | 'install';

/** A helm that asks no cluster: what would is answered from what a test says, and all else is the real one's to do. */
export interface ClusterHelm {
  program: HelmProgram;
  /** From now on it says this, and ends well. */
  says(question: HelmQuestion, stdout: string): Promise<void>;
  /** From now on it ends with these last words. */
  fails(question: HelmQuestion, words: string): Promise<void>;
  /** What it was called with, each call a line. */
  calls(): Promise<string[]>;
}

/** @param folder for what it says and for what it was called with */
export async function clusterHelm(folder: string, { path, version }: HelmProgram): Promise<ClusterHelm> {
  const program = { path: join(folder, 'helm'), version };
  const calls = join(folder, 'calls');
  await appendFile(calls, '');
  await writeFile(
    program.path,
    `#!/bin/sh
echo "$@" >> '${calls}'
case "$1" in
get) question="$1 $2" ;;
upgrade | install) question=$1 ;;
*) exec '${path}' "$@" ;;
esac
if [ -f "${folder}/$question.words" ]; then /bin/cat "${folder}/$question.words" >&2; exit 1; fi
/bin/cat "${folder}/$question"
`,
  );
  await chmod(program.path, 0o755);
  const helm: ClusterHelm = {
    program,
    says: (question, stdout) => writeFile(join(folder, question), stdout),
    fails: (question, words) => writeFile(join(folder, `${question}.words`), `Error: ${words}\n`),
    calls: async () => (await readFile(calls, 'utf8')).split('\n').filter((line) => line !== ''),
  };
  await helm.says('get values', 'null');
  await helm.says('get manifest', '');
  await helm.says('get hooks', '');
  for (const question of ['upgrade', 'install'] as const) await helm.says(question, dryRun(''));
  return helm;
}

/** What a dry run says of a manifest. */
export function dryRun(manifest: string): string {
  return JSON.stringify({ manifest, hooks: [] });
}
