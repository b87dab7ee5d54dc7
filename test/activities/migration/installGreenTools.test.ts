import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Clusters } from '../../../src/activities/clusters.ts';
import { installGreenToolsActivity } from '../../../src/activities/migration/installGreenTools.ts';
import type { ClusterContext } from '../../../src/activities/types.ts';
import { webChart } from '../../tools/charts/madeCharts.ts';
import { shopCluster, useToolStage } from '../../tools/toolStage.ts';

const stage = useToolStage();

/** The one revision of the release `shop/web` on green. */
interface Left {
  status: string;
  description: string;
  /** Whether it bears our label. */
  isOurs: boolean;
}

const longAgo = '2026-01-01T00:00:00Z';

/** A helm whose cluster has the release as it was left, until it is uninstalled or installed. */
async function helmWith(left: Left | undefined): Promise<{ path: string; changes: () => Promise<string[]> }> {
  const folder = join(stage().folder, 'helm-on-green');
  await mkdir(folder);
  const at = (name: string) => join(folder, name);
  const history = ({ status, description }: Left) =>
    JSON.stringify([{ revision: 1, updated: longAgo, status, description }]);
  if (left !== undefined) await writeFile(at('release'), history(left));
  await writeFile(
    at('deployed'),
    history({ status: 'deployed', description: 'Install complete', isOurs: true }),
  );
  await writeFile(at('ours'), left?.isOurs === false ? '[]' : '[{"revision":"1"}]');
  await writeFile(at('changes'), '');
  await writeFile(
    at('helm'),
    `#!/bin/sh
cd '${folder}' || exit 1
case "$1" in
history) if [ -f release ]; then /bin/cat release; else echo 'Error: release: not found' >&2; exit 1; fi ;;
list) /bin/cat ours ;;
get) if [ "$2" = metadata ]; then echo '{"chart":"web","version":"1.0.0"}'; else echo 'Error: release: not found' >&2; exit 1; fi ;;
uninstall) echo uninstall >> changes; /bin/rm release ;;
install) echo install >> changes; /bin/cp deployed release; echo '{"version":1,"info":{"status":"deployed"}}' ;;
*) exec '${stage().helm.program.path}' "$@" ;;
esac
`,
  );
  await chmod(at('helm'), 0o755);
  return {
    path: at('helm'),
    changes: async () => (await readFile(at('changes'), 'utf8')).split('\n').filter((line) => line !== ''),
  };
}

/** Installs `web` on green over what a worker before has left there. */
async function installOver(left: Left | undefined) {
  await stage().charts(webChart('1.0.0'));
  const helm = await helmWith(left);
  const context = (name: string): ClusterContext => ({
    cluster: { name },
    identity: { arn: `arn:${name}`, endpoint: 'https://fake', certificateAuthoritySha256: '' },
    evidencePrefix: name,
  });
  const { installGreenTools } = installGreenToolsActivity({
    clusters: { open: async () => ({ kubernetes: shopCluster() }) } as unknown as Clusters,
    env: { ...stage().environment, STEPLADDER_HELM_BINARY: helm.path },
    log: { warn: () => undefined },
  });
  const outcome = installGreenTools({
    sides: { blue: context('prod'), green: context('prod-1-34') },
    stage: {
      stage: 'green-tools',
      cluster: 'prod-1-34',
      tools: [
        {
          ...{ tool: 'web', release: 'web', namespace: 'shop', driver: { by: 'helm' } },
          source: { path: join(stage().folder, 'web-{version}') },
          ...{ to: { version: '1.0.0' }, values: [], renderedSha256: '' },
          crds: { policy: 'refuse', verdict: 'none', applied: [] },
        },
      ],
    },
    madeBy: 'migrate-prod',
  });
  return { outcome, changes: helm.changes };
}

describe('installing a tool on a new cluster', { timeout: 120_000 }, () => {
  it('is told as that, and as nothing more, where nothing was there', async () => {
    const { outcome, changes } = await installOver(undefined);
    expect(await outcome).toEqual({ installed: ['web'] });
    expect(await changes()).toEqual(['install']);
  });

  it('leaves one alone that is there', async () => {
    const { outcome, changes } = await installOver({
      ...{ status: 'deployed', description: 'Install complete', isOurs: true },
    });
    expect(await outcome).toEqual({ installed: [] });
    expect(await changes()).toEqual([]);
  });

  it.each([
    ['of which nothing was heard any more', 'pending-install', 'Initial install underway'],
    ['that was stopped', 'failed', 'Release "web" failed: context canceled'],
  ])('clears what a worker of ours left %s, goes on, and says why', async (_, status, description) => {
    const { outcome, changes } = await installOver({ status, description, isOurs: true });
    expect(await outcome).toEqual({
      installed: ['web'],
      notes: [
        `web on prod-1-34: Release shop/web stood at ${status} (revision 1) from an attempt that did not come to its end; it was uninstalled first.`,
      ],
    });
    expect(await changes()).toEqual(['uninstall', 'install']);
  });

  it("does not touch what is somebody else's and pending, and says what to do", async () => {
    const { outcome, changes } = await installOver({
      ...{ status: 'pending-install', description: 'Initial install underway', isOurs: false },
    });
    await expect(outcome).rejects.toMatchObject({
      type: 'ToolRefused',
      message: expect.stringMatching(
        /web could not be installed on prod-1-34.*pending-install.*was not made by this upgrade.*helm history web -n shop/,
      ),
    });
    expect(await changes()).toEqual([]);
  });
});
