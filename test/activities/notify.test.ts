import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createActivities } from '../../src/activities/createActivities.ts';
import type { Activities, Notification } from '../../src/activities/types.ts';
import { webhookMessage } from '../../src/activities/webhookMessage.ts';
import { openFolderStore } from '../../src/evidence/folderStore.ts';

const status = {
  workflowId: 'upgrade-demo',
  runId: 'run',
  cluster: { name: 'demo', arn: 'arn:aws:eks:eu-west-1:1:cluster/demo' },
  targetVersion: '1.33',
  phase: 'awaiting-approval',
} as const;
const gate: Notification = {
  kind: 'gate',
  title: 'The plan waits for approval',
  lines: ['1.31 → 1.32', 'a <b> & c'],
  payload: '{"gate":"plan","by":"your name","digest":"3f2a9c1e"}',
};

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function webhook(answer: (request: IncomingMessage, response: ServerResponse, call: number) => void) {
  const bodies: unknown[] = [];
  let calls = 0;
  const listening = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      answer(request, response, (calls += 1));
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/hook/s3cr3t`, bodies };
}

function notifier(env: Record<string, string>) {
  const warnings: unknown[] = [];
  const activities = createActivities({
    evidence: openFolderStore('/nonexistent'),
    env,
    log: { warn: (message, fields) => warnings.push([message, fields]) },
  });
  const notify: Activities['notify'] = (input) => activities.notify(input);
  return { notify, warnings };
}

const targets = [{ webhookEnv: 'STEPLADDER_WEBHOOK' }];

describe('telling people', () => {
  it('posts what happened, with the payload to paste', async () => {
    const { url, bodies } = await webhook((_request, response) => response.end('ok'));
    const { notify } = notifier({ STEPLADDER_WEBHOOK: url });
    expect(await notify({ targets, status, notification: gate })).toEqual({ reached: 1, failed: 0 });
    expect(bodies).toEqual([webhookMessage(status, gate)]);
    expect(JSON.stringify(bodies)).toContain('3f2a9c1e');
  });

  it('tries again what may pass', async () => {
    const { url, bodies } = await webhook((_request, response, call) =>
      call === 1 ? response.writeHead(503).end() : response.end('ok'),
    );
    const { notify } = notifier({ STEPLADDER_WEBHOOK: url });
    expect(await notify({ targets, status, notification: gate })).toEqual({ reached: 1, failed: 0 });
    expect(bodies).toHaveLength(2);
  });

  it('does not fail because somebody can not be reached, and keeps the address to itself', async () => {
    const { url } = await webhook((_request, response) => response.writeHead(404).end());
    const { notify, warnings } = notifier({
      STEPLADDER_WEBHOOK: url,
      // A port that nobody gets unless he asks for it.
      STEPLADDER_WEBHOOK_DEAD: 'http://127.0.0.1:2/s3cr3t',
      STEPLADDER_WEBHOOK_ODD: 'ftp://s3cr3t',
    });
    const result = await notify({
      targets: [
        ...targets,
        ...['DEAD', 'ODD', 'UNSET'].map((end) => ({ webhookEnv: `STEPLADDER_WEBHOOK_${end}` })),
      ],
      status,
      notification: gate,
    });
    expect(result).toEqual({ reached: 0, failed: 4 });
    const logged = JSON.stringify(warnings);
    expect(logged).toMatch(/STEPLADDER_WEBHOOK: it answered 404/);
    expect(logged).toMatch(/STEPLADDER_WEBHOOK_DEAD: ECONNREFUSED/);
    expect(logged).toMatch(/STEPLADDER_WEBHOOK_UNSET: the variable is not set/);
    expect(logged).not.toContain('s3cr3t');
  });

  it('does not follow a redirect to somebody who was not named', async () => {
    const { url, bodies } = await webhook((_request, response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    );
    const { notify } = notifier({ STEPLADDER_WEBHOOK: url });
    expect(await notify({ targets, status, notification: gate })).toEqual({ reached: 0, failed: 1 });
    expect(bodies).toHaveLength(1);
  });
});

describe('the message', () => {
  it('escapes what Slack would read as markup', () => {
    const message = webhookMessage(status, gate);
    expect(message.text).toContain('a &lt;b&gt; &amp; c');
    expect(message.text).not.toContain('<b>');
  });

  it("stays within Slack's limits", () => {
    const message = webhookMessage(status, {
      kind: 'failure',
      title: 't'.repeat(500),
      lines: Array.from({ length: 500 }, () => 'l'.repeat(100)),
    });
    const lengths = message.blocks.map((block) => ('text' in block ? block.text.text.length : 0));
    expect(message.blocks[0]).toMatchObject({ type: 'header' });
    expect(lengths[0]).toBeLessThanOrEqual(150);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3_000);
  });

  it('leaves out what there is not', () => {
    const { blocks } = webhookMessage(
      { ...status, cluster: { name: 'demo' } },
      { kind: 'info', title: 'Hello', lines: [] },
    );
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'context']);
  });
});
