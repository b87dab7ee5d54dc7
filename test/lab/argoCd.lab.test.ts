import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findControlPlaneBinaries, findEtcd, findKwok } from '../../lab/binaries/index.ts';
import { startLab } from '../../lab/start.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { bringApplications } from '../../src/activities/migration/bringApplications.ts';
import { applicationPath, listApplications } from '../../src/kubernetes/argoCd/application.ts';
import { chooseArgoCd } from '../../src/kubernetes/argoCd/chosen.ts';
import type { Chosen } from '../../src/kubernetes/argoCd/chosen.ts';
import { connectKubernetes } from '../../src/kubernetes/connection.ts';
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts';
import { bringManifests } from '../../src/kubernetes/copying/bringManifests.ts';
import { CopyAccount } from '../../src/kubernetes/copying/copyAccount.ts';
import { objectsInText } from '../../src/tools/crds/crdDocuments.ts';
import {
  application,
  configMap,
  controller,
  cronJob,
  namespace,
} from '../kubernetes/argoCd/argoCdFixture.ts';
import { startStandInArgoCd } from '../kubernetes/argoCd/standInArgoCd.ts';
import type { InGit, StandInArgoCd } from '../kubernetes/argoCd/standInArgoCd.ts';
import { argoCdCrdFolder } from './tools/argoCdCrds.ts';

const scenario = parseScenario({
  cluster: { name: 'green', version: '1.33', region: 'ap-northeast-1' },
  speed: 30,
  nodeGroups: [{ name: 'general', size: 1 }],
});
const source = { namespace: 'argocd' };
const { signal } = new AbortController();

/** Only to end a hang. Milliseconds. */
const limitMs = 120_000;
const pollMs = 300;

describe(
  'Applications of Argo CD on a real API server, with the real kinds of Argo CD',
  { timeout: 300_000 },
  () => {
    const cleanups: (() => Promise<unknown>)[] = [];
    const git: Record<string, InGit> = {
      root: { revision: 'a1', objects: [application('child', { automated: true })] },
      child: { revision: 'a1', objects: [configMap('settings'), cronJob('nightly')] },
      web: { revision: 'a1', objects: [configMap('web')] },
    };
    let green: KubernetesConnection;
    let argoCd: StandInArgoCd;
    let chosen: Chosen;

    beforeAll(async () => {
      const log = (): void => undefined;
      const folder = await mkdtemp(join(tmpdir(), 'stepladder-argo-cd-'));
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      const lab = await startLab({
        ...{ scenario, log, folder: join(folder, 'lab') },
        binaries: {
          controlPlane: (minor) => findControlPlaneBinaries(minor, { log }),
          etcd: await findEtcd({ log }),
          kwok: await findKwok({ log }),
        },
      });
      cleanups.push(() => lab.close());
      green = await connectKubernetes({
        endpoint: lab.kubernetesUrl,
        certificateAuthorityPem: lab.certificateAuthorityPem,
        token: async () => lab.adminToken,
      });
      cleanups.push(() => green.close());
      await bring([namespace, { ...namespace, metadata: { name: 'shop' } }, controller, ...(await crds())]);
      // The old cluster's are read from here, and taken away again: one control plane does for both.
      const brought = [
        application('root', { automated: true }),
        application('web', { wave: 1, automated: true }),
      ];
      await bring(brought);
      chosen = await chooseArgoCd(green, source, {
        blueServer: 'https://blue.example.com',
        tools: [],
        signal,
      });
      expect(chosen.applications.map(({ name }) => name)).toEqual(['root', 'web']);
      for (const each of chosen.applications)
        await green.change('DELETE', applicationPath(each), { what: 'take an Application away' });
      argoCd = startStandInArgoCd(green, git);
      cleanups.push(() => argoCd.stop());
    }, 20 * 60_000);

    afterAll(async () => {
      for (const clean of cleanups.reverse()) await clean();
    }, 120_000);

    it('are synced once each in their order, and stand still; once more changes nothing', async () => {
      const first = await brought();
      expect(first.record().refused).toEqual([]);
      expect(argoCd.synced.filter((name) => name !== 'child')).toEqual(['root', 'web']);
      expect(argoCd.synced).toContain('child');
      const applications = await listApplications(green, signal);
      expect(applications.map(({ name, health }) => `${name} ${health ?? ''}`)).toEqual([
        'child Healthy',
        'root Healthy',
        'web Healthy',
      ]);
      expect(await green.getJson('/apis/batch/v1/namespaces/shop/cronjobs/nightly')).toMatchObject({
        spec: { suspend: true },
      });
      const before = argoCd.synced.length;
      const second = await brought();
      expect(second.record()).toMatchObject({ refused: [], created: [], changed: [] });
      expect(argoCd.synced).toHaveLength(before);
    });

    it('are refused by name when they come up degraded', async () => {
      git['web'] = { revision: 'a2', objects: [configMap('web'), configMap('more')], health: 'Degraded' };
      const account = new CopyAccount();
      let clock = 0;
      const bringing = bringApplications({ ...given(account), timeoutMs: 1_000, now: () => clock });
      bringing.catch(() => undefined);
      await vi.waitFor(
        () => expect(account.line()).toContain('Application argocd/web: Synced, but Degraded'),
        {
          ...{ timeout: limitMs, interval: pollMs },
        },
      );
      clock = 10_000;
      await bringing;
      expect(account.record().refused).toEqual([
        { object: 'Application argocd/web', why: 'Synced, but Degraded' },
      ]);
    });

    function given(account: CopyAccount) {
      const target = { green, singletons: [], madeBy: 'migrate-blue', signal, account };
      return { source, chosen, target, timeoutMs: limitMs, pollMs };
    }

    async function brought(): Promise<CopyAccount> {
      const account = new CopyAccount();
      await bringApplications(given(account));
      return account;
    }

    async function bring(objects: Parameters<typeof bringManifests>[0]): Promise<void> {
      const account = new CopyAccount();
      await bringManifests(objects, { green, singletons: [], madeBy: 'the test', account, pollMs });
      expect(account.record().refused).toEqual([]);
    }
  },
);

async function crds(): Promise<ReturnType<typeof objectsInText>> {
  const folder = await argoCdCrdFolder('3.5.7');
  const files = (await readdir(folder)).filter((file) => file.endsWith('-crd.yaml'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => objectsInText(text, folder));
}
