import type { Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { createGateKeeper } from '../../src/commands/demo/gateKeeper.ts';
import type { Sighting } from '../../src/commands/following/sighting.ts';
import { fakeTerminal } from './fakeTerminal.ts';
import { digest, gate, sighting, status } from './fixtures.ts';

/** A client that takes every update. */
function recordingClient() {
  const sent: { name: string; args: unknown[] }[] = [];
  const client = {
    connection: { withDeadline: (_: number, call: () => Promise<unknown>) => call() },
    workflow: {
      getHandle: () => ({
        executeUpdate: async (name: string, { args }: { args: unknown[] }) => {
          sent.push({ name, args });
          return 'done';
        },
      }),
    },
  } as unknown as Client;
  return { client, sent };
}

const asking = sighting({ status: status({ gates: [gate()] }) });

function keeper(answers?: string[]) {
  const { client, sent } = recordingClient();
  const terminal = fakeTerminal(answers === undefined ? {} : { answers });
  const gateKeeper = createGateKeeper(client, terminal, {
    ask: answers !== undefined,
    by: 'on-call',
    beforeAsking: () => undefined,
    signal: new AbortController().signal,
  });
  return { attend: (seen: Sighting) => gateKeeper.attend(seen), sent, terminal };
}

describe('the gates of the demo', () => {
  it('are approved by the demo itself where nobody is asked, which it says', async () => {
    const { attend, sent, terminal } = keeper();
    await attend(asking);
    await attend(asking);
    expect(sent).toEqual([{ name: 'approve', args: [{ gate: 'plan', digest, by: 'demo' }] }]);
    expect(terminal.err.join('\n')).toContain('The demo approves the plan by itself');
  });

  it('are asked on a terminal, until there is an answer', async () => {
    const { attend, sent, terminal } = keeper(['', 'what?', 'y']);
    await attend(asking);
    expect(terminal.questions).toHaveLength(3);
    expect(terminal.err.join('\n')).toContain('Plan 12345678 for cluster shop');
    expect(sent).toEqual([{ name: 'approve', args: [{ gate: 'plan', digest, by: 'on-call' }] }]);
  });

  it('are rejected by a no', async () => {
    const { attend, sent } = keeper(['n']);
    await attend(asking);
    expect(sent[0]).toMatchObject({ name: 'reject', args: [{ by: 'on-call' }] });
  });

  it('are asked again when they open again', async () => {
    const { attend, sent } = keeper();
    await attend(asking);
    const again = gate({ opening: 2, digest: 'ff'.repeat(32) });
    await attend(sighting({ status: status({ gates: [gate({ outcome: 'void' }), again] }) }));
    expect(sent).toHaveLength(2);
  });
});
