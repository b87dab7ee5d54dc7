import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { progressOf } from '../../src/commands/following/heartbeats.ts';

/** A pending activity as the server describes it. */
function pending(details: unknown) {
  return { heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(details)] } };
}

describe('what a stage heartbeats', () => {
  it('is read with its nodes and its probe', () => {
    const probe = {
      probes: 9,
      failures: 0,
      downtimeSeconds: 0,
      longestOutageSeconds: 0,
      unobservedSeconds: 0,
    };
    const nodes = [{ name: 'ip-1', kubeletVersion: 'v1.32.1', ready: true, schedulable: false }];
    expect(progressOf('w', [pending({ line: '1 of 3 nodes', updateId: 'u', nodes, probe })])).toEqual([
      { workflowId: 'w', line: '1 of 3 nodes', nodes, probe },
    ]);
  });

  it.each([
    ['nothing', []],
    ['an activity without heartbeats', [{}]],
    ['details of another shape', [pending({ page: 7 }), pending('a text'), pending(null)]],
    ['a payload that can’t be read', [{ heartbeatDetails: { payloads: [{ data: Buffer.from('x') }] } }]],
  ])('is nothing for %s', (_, activities) => {
    expect(progressOf('w', activities)).toEqual([]);
  });

  it('leaves out what is no node, and believes no node to be ready that does not say so', () => {
    const nodes = [{ name: 'ip-1' }, 'ip-2', { kubeletVersion: 'v1' }];
    expect(progressOf('w', [pending({ line: 'l', nodes })])[0]?.nodes).toEqual([
      { name: 'ip-1', kubeletVersion: '', ready: false, schedulable: true },
    ]);
  });
});
