import { describe, expect, it } from 'vitest';
import { stayText } from '../../src/commands/demo/stayText.ts';
import { plain } from '../../src/commands/rendering/style.ts';
import { readRequest } from '../../src/contract/request.ts';

const text = stayText(
  {
    address: '127.0.0.1:4000',
    namespace: 'default',
    uiUrl: 'http://127.0.0.1:4001',
    taskQueue: 'stepladder',
    cluster: 'demo',
    target: '1.33',
    evidenceFolder: '/tmp/evidence',
    simulator: { AWS_REGION: 'ap-northeast-1' },
  },
  plain,
);

describe('what demo --stay prints', () => {
  it('has a request in its start command that is accepted as it stands', () => {
    const input = /workflow start[\s\S]*?--input '(.+?)'/.exec(text)?.[1] ?? '';
    expect(readRequest('upgradeCluster', JSON.parse(input)).cluster.name).toBe('demo');
  });

  it('names the server in every command of the Temporal CLI', () => {
    const commands = text.split('\n').filter((line) => line.startsWith('  temporal '));
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const command of commands) expect(command).toContain('--address 127.0.0.1:4000');
  });

  it('links to the form that starts an upgrade, filled in', () => {
    expect(text).toContain(
      'http://127.0.0.1:4001/namespaces/default/workflows/start-workflow?taskQueue=stepladder&workflowType=upgradeCluster',
    );
  });
});
