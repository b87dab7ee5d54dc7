import { expect, it, onTestFinished } from 'vitest';
import { searchAttributes } from '../../src/contract/searchAttributes.ts';
import { askCluster, notAt } from './clusterState.ts';
import { applied, hopTo132, repetitions } from './journal.ts';
import { startWebhook } from './listener.ts';
import { eventually } from './patience.ts';
import { folderTexts, recordedTexts } from './recorded.ts';
import { crawl, fullSpeed, setSpeed, underWay } from './simulated.ts';
import { setStage } from './stage.ts';

it('credentials that expire in the middle are waited for, shown and told, and the upgrade goes on', async () => {
  const stage = await setStage(onTestFinished);
  const webhook = await startWebhook();
  onTestFinished(() => webhook.close());
  const worker = await stage.startWorker({ STEPLADDER_WEBHOOK: webhook.url });
  const told = (words: RegExp) =>
    eventually(`a message like ${words.source}`, () => webhook.messages.find(({ text }) => words.test(text)));

  const upgrade = await stage.start({
    targetVersion: '1.32',
    notify: [{ webhookEnv: 'STEPLADDER_WEBHOOK' }],
  });
  const { digest } = await upgrade.gate('plan');
  const payload = `{"gate":"plan","by":"your name","digest":"${digest.slice(0, 8)}"}`;
  expect((await told(/waits for approval/)).text).toContain(payload);
  setSpeed(stage, crawl);
  await upgrade.approve('plan');
  await upgrade.awaiting('1.32/control-plane');

  await stage.control('PUT', '/credentials', { refused: true });
  const { waits } = await upgrade.until('a wait for credentials', (status) =>
    status.waits.some(({ kind }) => kind === 'credentials'),
  );
  expect(waits).toEqual([
    expect.objectContaining({
      kind: 'credentials',
      at: '1.32/control-plane',
      what: expect.stringMatching(
        /^Credentials are refused; renew them for the worker and the upgrade goes on by itself\. /,
      ),
    }),
  ]);
  await told(/Waiting: credentials.*renew them for the worker/s);
  const { typedSearchAttributes } = await upgrade.handle.describe();
  expect(typedSearchAttributes.get(searchAttributes.waitingFor)).toBe('credentials');
  expect(underWay(stage)).toEqual(['cluster']);

  await stage.control('PUT', '/credentials', { refused: false });
  await upgrade.until('no wait any more', (status) => status.waits.length === 0);
  setSpeed(stage, fullSpeed);
  expect(await upgrade.completed()).toMatchObject({ outcome: 'completed', version: '1.32' });
  await told(/Upgrade completed/);
  expect(notAt('1.32', await askCluster(stage.simulator, stage.cluster))).toEqual([]);
  const journal = await stage.journal();
  expect(repetitions(journal)).toEqual([]);
  expect(applied(journal)).toEqual(hopTo132(stage.cluster));

  // The webhook's address is a secret of the worker's, and so are its credentials.
  const { AWS_SECRET_ACCESS_KEY: secretKey } = stage.environment;
  const written = [
    await recordedTexts(stage.temporal.client, await upgrade.status()),
    await folderTexts(stage.evidenceFolder),
    worker.output.join('\n'),
  ];
  for (const text of written) {
    expect(text.length).toBeGreaterThan(100);
    for (const secret of [...webhook.secrets, secretKey ?? '', 'k8s-aws-v1.'])
      expect(text).not.toContain(secret);
  }
});
