import { describe, expect, it } from 'vitest';
import { stayText } from '../../src/commands/demo/stayText.ts';
import type { StayPlaces } from '../../src/commands/demo/stayText.ts';
import { runCommandLine } from '../../src/commands/program.ts';
import { plain } from '../../src/commands/rendering/style.ts';
import { parseGateAnswer } from '../../src/contract/messages.ts';
import { readRequest } from '../../src/contract/request.ts';
import { fakeTerminal } from './fakeTerminal.ts';

const text = (change: Partial<StayPlaces> = {}) =>
  stayText(
    {
      address: '127.0.0.1:4000',
      namespace: 'default',
      uiUrl: 'http://127.0.0.1:4001',
      binary: '/opt/temporal',
      taskQueue: 'stepladder',
      cluster: 'demo',
      target: '1.33',
      strategy: 'managed',
      evidenceFolder: '/tmp/evidence',
      simulator: { AWS_REGION: 'ap-northeast-1' },
      ...change,
    },
    plain,
  );

const migration: Partial<StayPlaces> = {
  strategy: 'blue-green',
  target: '1.34',
  requestFile: '/tmp/demo/request.json',
  users: { address: 'http://127.0.0.1:4002', green: 'demo-green' },
};

/** Commands as they stand there, each with the lines that it goes on with. */
const commandsIn = (said: string) => said.replaceAll(/ \\\n +/g, ' ').split('\n');

describe.each([
  ['managed', {}],
  ['surge', { strategy: 'surge', requestFile: '/tmp/demo/request.json' }],
  ['blue-green', migration],
])('what demo --stay prints for %s', (_, change: Partial<StayPlaces>) => {
  const said = text(change);
  const commands = commandsIn(said);

  it('names the server and the workflow in every command of the Temporal CLI', () => {
    const temporal = commands.filter((line) => line.startsWith('  temporal '));
    expect(temporal.length).toBeGreaterThanOrEqual(3);
    for (const command of temporal) {
      expect(command).toContain('--address 127.0.0.1:4000');
      expect(command).toContain(`--workflow-id upgrade-demo-${change.target ?? '1.33'}`);
    }
    expect(said).toContain('alias temporal=/opt/temporal');
  });

  it('has an approval that is read as it stands, but for the name and the digest', () => {
    const payload = /--name approve --input '(.+)'/.exec(commands.join('\n'))?.[1] ?? '';
    const answer = { ...(JSON.parse(payload) as object), digest: '3f2a9c1e' };
    expect(parseGateAnswer(answer)).toMatchObject({ ok: true });
  });

  it('has commands of the command line that are there', { timeout: 120_000 }, async () => {
    const names = commands.flatMap((line) => /^ {2}npm run stepladder -- (\S+)/.exec(line)?.[1] ?? []);
    expect(names).toEqual(expect.arrayContaining(['start', 'approve', 'status', 'report']));
    for (const name of names) expect(await runCommandLine([name, '--help'], fakeTerminal()), name).toBe(0);
  });

  it('links to the list of workflows, and to the form that starts one, filled in', () => {
    expect(said).toContain('http://127.0.0.1:4001/namespaces/default/workflows\n');
    expect(said).toContain(
      'http://127.0.0.1:4001/namespaces/default/workflows/start-workflow?taskQueue=stepladder&workflowType=upgradeCluster',
    );
  });
});

describe('what demo --stay prints', () => {
  it('has a request in its start command that is accepted as it stands', () => {
    const input = /workflow start .*--input '(.+?)'/.exec(commandsIn(text()).join('\n'))?.[1] ?? '';
    expect(readRequest('upgradeCluster', JSON.parse(input)).cluster.name).toBe('demo');
    expect(text()).toContain('start --cluster demo --target 1.33 --watch');
  });

  it('starts a migration by the file that holds its request, wherever it is started', () => {
    const said = text(migration);
    expect(said).toContain('start --input /tmp/demo/request.json --watch');
    expect(said).toContain('--input-file /tmp/demo/request.json');
    expect(said).toContain('of /tmp/demo/request.json: paste or upload it');
    expect(said).not.toContain('--target');
  });

  it('says of a migration how to approve its cutover, how to go back, and how to see the users go over', () => {
    const said = text(migration);
    expect(said).toContain('"gate":"cutover"');
    expect(said).toMatch(/stepladder -- rollback\n {4}sends all users back to demo/);
    expect(said).toContain('curl -s http://127.0.0.1:4002');
  });

  it('says of a roll by our own waves how to decide about a stuck drain', () => {
    expect(text({ strategy: 'surge', requestFile: '/tmp/r' })).toContain('stepladder -- decide');
    expect(text()).not.toContain('decide');
  });
});
