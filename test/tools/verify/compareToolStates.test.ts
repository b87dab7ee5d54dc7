import { describe, expect, test } from 'vitest';
import { compareToolStates } from '../../../src/tools/verify/index.ts';
import type { ToolState } from '../../../src/tools/verify/index.ts';
import { application, binding, ingress, minute, state, warning, workload } from './states.ts';

type Parts = Partial<ToolState>;

/** Before at 10:00, the change, and the look after it at 10:05. */
const compare = (before: Parts, after: Parts) => compareToolStates(state(0, before), state(5, after));

test('what is as it was is well, and has nothing to tell', () => {
  const same: Parts = {
    workloads: [workload('server')],
    released: ['Deployment tools/server'],
    applications: [application('web', 'Synced', 'Healthy')],
    loadBalancers: [ingress('web', 'a.elb.aws')],
    targetGroupBindings: [binding('web')],
    warnings: [warning('FailedBuildModel', 3, minute(0))],
  };
  expect(compare(same, same)).toEqual({ problems: [], unknown: [], notes: [] });
});

describe('what could not be seen', () => {
  const parts = ['release', 'workloads', 'applications', 'loadBalancers', 'targetGroupBindings', 'leases'];
  test.each(parts)('is unknown, then or now, and never well: %s', (part) => {
    const unknown = [{ part, reason: 'Forbidden.' }];
    expect(compare({}, { unknown }).unknown).toHaveLength(1);
    expect(compare({ unknown }, {}).unknown).toHaveLength(1);
    // Once is enough for what was not seen either time.
    expect(compare({ unknown }, { unknown }).unknown).toHaveLength(1);
  });
});
