import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedBinaryPath, findTemporalBinary, temporalCliVersion } from '../../src/temporal/binary.ts';

/** A stand-in for a program: a shell script. */
async function writeScript(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}
const answering = (version: string) => `echo "temporal version ${version} (Server 1.29.1, UI 2.42.1)"`;

describe('finding the temporal binary', () => {
  let folder: string;
  let lines: string[];
  let search: (
    options?: Partial<Parameters<typeof findTemporalBinary>[0]>,
  ) => ReturnType<typeof findTemporalBinary>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepladder-binary-'));
    lines = [];
    search = (options = {}) =>
      findTemporalBinary({
        cacheFolder: join(folder, 'cache'),
        environment: {
          // Programs of the scripts below, and nothing else; no download gets past this proxy.
          PATH: join(folder, 'path'),
          HTTPS_PROXY: 'http://127.0.0.1:1',
        },
        log: (line) => lines.push(line),
        ...options,
      });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const onPath = (version: string) => writeScript(join(folder, 'path', 'temporal'), answering(version));
  const inCache = () => writeScript(cachedBinaryPath(join(folder, 'cache')), answering(temporalCliVersion));
  const goThat = (body: string) => writeScript(join(folder, 'path', 'go'), body);
  const goBuilds = `
/bin/cat > "$GOBIN/temporal" <<'END'
#!/bin/sh
${answering(temporalCliVersion)}
END`;

  it('takes an explicit one before all others', async () => {
    await onPath('1.5.1');
    const explicit = await writeScript(join(folder, 'mine'), answering('1.2.0'));
    expect(await search({ explicit })).toBe(explicit);
  });

  it('says so when the explicit one does not work, and looks no further', async () => {
    await onPath('1.5.1');
    await expect(search({ explicit: join(folder, 'nowhere') })).rejects.toThrow(
      /STEPLADDER_TEMPORAL_BINARY=.*nowhere: not there/,
    );
    const other = await writeScript(join(folder, 'other'), 'echo hello');
    await expect(search({ explicit: other })).rejects.toThrow(/does not answer like the Temporal CLI/);
  });

  it('takes the one on PATH before the cache', async () => {
    await inCache();
    const expected = await onPath('1.5.1');
    expect(await search()).toBe(expected);
  });

  it('passes over one on PATH that is too old', async () => {
    await onPath('1.4.9');
    const cached = await inCache();
    expect(await search()).toBe(cached);
  });

  it('lets Go build it when it can be had in no other way, and finds it in the cache the next time', async () => {
    await goThat(goBuilds);
    const cached = cachedBinaryPath(join(folder, 'cache'));
    expect(await search()).toBe(cached);
    expect(lines.join('\n')).toMatch(/Building the Temporal CLI .* about 4 minutes/);
    expect(lines.at(-1)).toMatch(/^Built the Temporal CLI .* in \d+ s\.$/);
    lines.length = 0;
    expect(await search()).toBe(cached);
    expect(lines).toEqual([]);
  });

  it('builds once when two processes want it at the same time', async () => {
    const heard = join(folder, 'the-other-waits');
    // The build takes until the other one is known to wait for it.
    await goThat(`until [ -e '${heard}' ]; do /bin/sleep 0.1; done${goBuilds}`);
    const log = (line: string) => {
      lines.push(line);
      if (line.startsWith('Another process')) writeFileSync(heard, '');
    };
    await Promise.all([search({ log }), search({ log })]);
    expect(lines.filter((line) => line.startsWith('Building'))).toHaveLength(1);
    expect(lines).toContain('Another process is filling the cache of programs; waiting for it.');
  });

  it('leaves nothing half-made behind, and clears away what an interruption left', async () => {
    await goThat('/bin/echo half > "$GOBIN/temporal"; /bin/echo "no space left on device" >&2; exit 1');
    await mkdir(join(folder, 'cache', 'unfinished-of-a-killed-process'), { recursive: true });
    await expect(search()).rejects.toThrow(/no space left on device/);
    const left = await readdir(join(folder, 'cache'), { recursive: true });
    expect(left).toEqual([dirname(cachedBinaryPath('')).replace(/^.*\//, '')]);
  });

  it('names all that was tried, and the one command that mends it', async () => {
    await onPath('1.0.0');
    const message = await search().then(
      () => 'found',
      (error: unknown) => String(error),
    );
    expect(message).toMatch(/STEPLADDER_TEMPORAL_BINARY: not set/);
    expect(message).toMatch(/on PATH: it is version 1\.0\.0, and 1\.5\.0 or newer is needed/);
    expect(message).toMatch(/the cache, .*: not there/);
    expect(message).toMatch(/the download of Temporal's SDK: .*temporal\.download/);
    expect(message).toMatch(/building it with Go: `go` is not on PATH/);
    expect(message).toContain(
      `GOBIN='${dirname(cachedBinaryPath(join(folder, 'cache')))}' go install github.com/temporalio/cli/cmd/temporal@v`,
    );
  });
});
