import { describe, expect, it } from 'vitest';
import { StepladderError } from '../../src/contract/errors.ts';
import { overrideNames, overrideReasons } from '../../src/contract/overrides.ts';
import { maxRequestBytes, readRequest, tooLarge, withDefaults } from '../../src/contract/request.ts';
import type { Request } from '../../src/contract/request.ts';
import type { WorkflowType } from '../../src/contract/workflowTypes.ts';

const good = { cluster: { name: 'demo' }, targetVersion: '1.33' };

function refusal(input: unknown, type: WorkflowType = 'upgradeCluster'): StepladderError {
  try {
    readRequest(type, input);
  } catch (error) {
    expect(error).toBeInstanceOf(StepladderError);
    if (error instanceof StepladderError) return error;
  }
  throw new Error(`it was accepted: ${JSON.stringify(input)}`);
}

/** The lines that list problems. */
function problems(input: unknown, type?: WorkflowType): string[] {
  return refusal(input, type)
    .message.split('\n')
    .slice(1)
    .map((line) => line.trim());
}

describe('a good request', () => {
  it('is filled up with defaults', () => {
    expect(readRequest('upgradeCluster', good)).toMatchObject({
      cluster: { name: 'demo' },
      targetVersion: '1.33',
      controlPlane: { overrideInsights: false, tries: 2 },
      addons: { resolveConflicts: 'PRESERVE', versions: {}, selfManaged: {}, tries: 2 },
      workers: {
        strategy: 'managed',
        groups: {},
        hops: 'every',
        maxParallel: '25%',
        canary: true,
        nodeOrder: [],
        drain: { ignoreDaemonSets: true, deleteEmptyDirData: true, force: false },
        stuck: { byDefault: 'wait', timeout: '24h' },
        hold: { byDefault: 'stay', timeout: '24h' },
        acceptLostCapacity: false,
        order: [],
        skip: [],
        maxSkew: 3,
        tries: 2,
      },
      guards: [],
      gates: { hop: false, workers: false, timeout: '24h', onTimeout: 'reject' },
      overrides: [],
      notify: [],
      timing: {
        scale: 1,
        pollInterval: '15s',
        drainTimeout: '15m',
        nodesTimeout: '30m',
        deregistrationWait: '60s',
        guardInterval: '30s',
      },
    });
  });

  it('may roll each group its own way', () => {
    const workers = {
      strategy: 'surge',
      maxParallel: 3,
      maxUnavailable: 2,
      groups: {
        blue: { strategy: 'managed' },
        gpu: { maxParallel: '100%', canary: false, templateVersion: '7' },
      },
    };
    expect(readRequest('upgradeCluster', { ...good, workers }).workers).toMatchObject(workers);
  });

  it.each([1, 500, '1%', '25%', '100%'])('may drain %j nodes at a time', (maxParallel) => {
    expect(readRequest('upgradeCluster', { ...good, workers: { maxParallel } }).workers.maxParallel).toBe(
      maxParallel,
    );
  });

  it('may have guards', () => {
    const guards = [
      { name: 'shop', http: 'https://shop.example.test/health' },
      {
        name: 'errors',
        promql: 'errors < 5',
        prometheus: 'http://prometheus:9090',
        tokenEnv: 'STEPLADDER_GUARD_T',
      },
    ];
    expect(readRequest('upgradeCluster', { ...good, guards }).guards).toEqual([
      { ...guards[0], expectStatus: 200 },
      guards[1],
    ]);
  });

  it('of an older release gets the fields that it did not know, and keeps what it has', () => {
    const { guards, ...rest } = readRequest('upgradeCluster', {
      ...good,
      workers: { order: ['blue'] },
      timing: { pollInterval: '1s' },
    });
    const { strategy, order, skip, maxSkew, tries } = rest.workers;
    const { scale, pollInterval } = rest.timing;
    const recorded = {
      ...rest,
      workers: { strategy, order, skip, maxSkew, tries },
      timing: { scale, pollInterval },
    };
    // What an older release has recorded has not the type of today.
    const complete = withDefaults(recorded as unknown as Request);
    expect(complete.guards).toEqual(guards);
    expect(complete.workers).toEqual(rest.workers);
    expect(complete.timing).toMatchObject({ pollInterval: '1s', drainTimeout: '15m', guardInterval: '30s' });
  });

  it('may be read again, as it is recorded, without a change', () => {
    const once = readRequest('upgradeCluster', {
      ...good,
      window: { from: '22:00', to: '06:00', timeZone: 'Asia/Tokyo' },
    });
    expect(readRequest('upgradeCluster', once)).toEqual(once);
    expect(readRequest('upgradeCluster', JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  it('may give a reason with an override, and names it by the finding all the same', () => {
    const overrides = ['insights/Insight/a', { finding: 'nodes/Node/b', reason: 'it is being repaired' }];
    const request = readRequest('upgradeCluster', { ...good, overrides });
    expect(overrideNames(request)).toEqual(['insights/Insight/a', 'nodes/Node/b']);
    expect(overrideReasons(request)).toEqual({ 'nodes/Node/b': 'it is being repaired' });
  });

  it('may name Prometheus by an address, or by the environment variables that hold it and its token', () => {
    const read = (prometheus: object) =>
      readRequest('upgradeCluster', { ...good, checks: { prometheus } }).checks?.prometheus;
    expect(read({ url: 'https://prometheus.example.com/tenant' })).toEqual({
      url: 'https://prometheus.example.com/tenant',
    });
    expect(read({ urlEnv: 'STEPLADDER_PROMETHEUS', tokenEnv: 'STEPLADDER_PROMETHEUS_TOKEN' })).toBeDefined();
  });

  it('may leave the target to the control plane where only a stage is run', () => {
    expect(readRequest('upgradeAddons', { cluster: good.cluster }).targetVersion).toBeUndefined();
    expect(readRequest('upgradeNodeGroup', { cluster: good.cluster, nodeGroup: 'blue' }).nodeGroup).toBe(
      'blue',
    );
  });

  it.each(['1.9', '1.31', '1.100'])('may name %s', (targetVersion) => {
    expect(readRequest('upgradeCluster', { ...good, targetVersion }).targetVersion).toBe(targetVersion);
  });

  it.each(['1ms', '30s', '1.5h', '2 m', '365d'])('may wait %s', (timeout) => {
    expect(readRequest('upgradeCluster', { ...good, gates: { timeout } }).gates.timeout).toBe(timeout);
  });
});

const duration = 'must be a duration such as "30s", "15m", "2h" or "1d"';
const object = (not: string) =>
  `(request): must be one JSON object such as {"cluster": {"name": "prod"}, "targetVersion": "1.33"}, not ${not}`;

describe('a bad request', () => {
  it.each([
    ['nothing', undefined, [object('nothing')]],
    ['null', null, [object('null')]],
    ['a text', '{"cluster":{}}', [object('a text')]],
    ['a number', 42, [object('42')]],
    ['a list', [good], [object('a list')]],
    ['an empty object', {}, ['cluster: is missing', 'targetVersion: is missing']],
    ['a cluster without a name', { ...good, cluster: {} }, ['cluster.name: is missing']],
    ['a cluster that is a text', { ...good, cluster: 'demo' }, ['cluster: must be an object, not a text']],
    [
      'a version that is a number',
      { ...good, targetVersion: 1.33 },
      ['targetVersion: must be a Kubernetes minor version in quotes, such as "1.33"'],
    ],
    [
      'a strategy of the wrong type',
      { ...good, workers: { strategy: 3 } },
      ['workers.strategy: must be one of "managed", "surge", "in-place", "blue-green"'],
    ],
    [
      'an unknown strategy',
      { ...good, workers: { strategy: 'yolo' } },
      ['workers.strategy: must be one of "managed", "surge", "in-place", "blue-green"'],
    ],
    [
      'both ways to say how many',
      { ...good, workers: { maxUnavailable: 1, maxUnavailablePercentage: 10 } },
      ['workers.maxUnavailablePercentage: give maxUnavailable or maxUnavailablePercentage, not both'],
    ],
    [
      'a group both rolled first and skipped',
      { ...good, workers: { order: ['a'], skip: ['b', 'a'] } },
      ['workers.skip.1: "a" stands in workers.order too: a node group is rolled or skipped'],
    ],
    [
      'a window of no length',
      { ...good, window: { from: '22:00', to: '22:00', timeZone: 'UTC' } },
      ['window.to: must differ from `from`'],
    ],
    [
      'half a window',
      { ...good, window: { from: '22:00' } },
      ['window.to: is missing', 'window.timeZone: is missing'],
    ],
    [
      'a node group where it has no place',
      { ...good, nodeGroup: 'blue' },
      ['nodeGroup: is not a field of a request'],
    ],
  ])('%s', (_, input, expected) => {
    expect(problems(input)).toEqual(expected);
  });

  it.each([
    [{ manifests: [''] }, ['checks.manifests.0: must not be empty']],
    [{ prometheus: {} }, ['checks.prometheus.url: give url or urlEnv, one of them']],
    [
      { prometheus: { url: 'http://a', urlEnv: 'STEPLADDER_PROMETHEUS' } },
      ['checks.prometheus.url: give url or urlEnv, one of them'],
    ],
    [
      { prometheus: { url: 'file:///etc/passwd' } },
      ['checks.prometheus.url: must be an address such as "https://prometheus.example.com"'],
    ],
    [
      { prometheus: { url: 'https://me:secret@prometheus' } },
      ['checks.prometheus.url: must hold no user and password: name an environment variable with urlEnv'],
    ],
    [
      { prometheus: { url: 'http://a', tokenEnv: 'AWS_SECRET_ACCESS_KEY' } },
      [
        'checks.prometheus.tokenEnv: must be the name of an environment variable of the worker that begins with STEPLADDER_PROMETHEUS',
      ],
    ],
    [{ scans: [] }, ['checks.scans: is not a field of a request']],
  ])('is told what is wrong with checks %j', (checks, expected) => {
    expect(problems({ ...good, checks })).toEqual(expected);
  });

  it('is told that blue-green is for the whole cluster', () => {
    expect(problems({ ...good, workers: { groups: { blue: { strategy: 'blue-green' } } } })).toEqual([
      'workers.groups.blue.strategy: "blue-green" moves the whole cluster: it stands in workers.strategy, not at one group',
    ]);
  });

  it.each([0, -1, 1.5, '0%', '101%', '25', '5 %', 'all', null])(
    'is told how many nodes can be drained at a time: %j',
    (maxParallel) => {
      const message = 'must be a number of nodes such as 5, or a share of the group from "1%" to "100%"';
      expect(problems({ ...good, workers: { maxParallel } })).toEqual([`workers.maxParallel: ${message}`]);
    },
  );

  const noManaged =
    'is for strategy "managed", and no group is rolled by it here; with "surge", maxParallel says how many nodes go at once';
  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'settings of managed without a managed group',
      {
        strategy: 'surge',
        maxUnavailable: 1,
        updateStrategy: 'MINIMAL',
        groups: { a: { strategy: 'in-place' } },
      },
      [`workers.maxUnavailable: ${noManaged}`, `workers.updateStrategy: ${noManaged}`],
    ],
    [
      'an order of nodes where EKS chooses',
      { nodeOrder: ['ip-10-0-0-1'] },
      [
        'workers.nodeOrder: is for strategies "surge" and "in-place": in a "managed" roll EKS chooses the nodes itself',
      ],
    ],
    [
      'waves of a managed group',
      { strategy: 'surge', groups: { db: { strategy: 'managed', canary: false } } },
      [
        'workers.groups.db.canary: is for strategies "surge" and "in-place", and node group "db" is rolled by "managed", in which EKS makes the waves itself',
      ],
    ],
    [
      'a group both skipped and spoken of',
      { skip: ['db'], groups: { db: { templateVersion: '3' } } },
      ['workers.skip.0: "db" stands in workers.groups too: a node group is rolled or skipped'],
    ],
    [
      'fields that a group has not, and a version that is none',
      { groups: { db: { maxUnavailable: 1, templateVersion: '$Latest' } } },
      [
        'workers.groups.db.templateVersion: must be the number of a launch template version in quotes, such as "7"',
        'workers.groups.db.maxUnavailable: is not a field of a request',
      ],
    ],
    [
      'drains, decisions and holds that there are not',
      {
        drain: { grace: 1, skipWaitForDeleteSeconds: 0 },
        stuck: { byDefault: 'force-group' },
        hold: { byDefault: 'x' },
      },
      [
        'workers.drain.skipWaitForDeleteSeconds: must be at least 1',
        'workers.drain.grace: is not a field of a request',
        'workers.stuck.byDefault: must be one of "wait", "restart", "skip", "force"',
        'workers.hold.byDefault: must be one of "stay", "forward", "back"',
      ],
    ],
  ])('%s', (_, workers, expected) => {
    expect(problems({ ...good, workers })).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['is neither', {}, 'guards.0: must have `name` and either `http`, or `promql` and `prometheus`'],
    [
      'has a password',
      { http: 'https://me:secret@x.test' },
      'guards.0.http: must not hold a password: name an environment variable of the worker instead',
    ],
    [
      'names any variable',
      { http: 'https://x.test', tokenEnv: 'AWS_SECRET_ACCESS_KEY' },
      'guards.0.tokenEnv: must be the name of an environment variable of the worker that begins with STEPLADDER_GUARD',
    ],
  ])('is refused for a guard that %s, without its words', (_, guard, expected) => {
    const refused = { ...good, guards: [{ name: 'a', ...guard }] };
    expect(problems(refused)).toEqual([expected]);
    expect(refusal(refused).message).not.toContain('secret');
  });

  it.each(['v1.33', '1.33.1', '1', 'latest', '', '1.033', '2.1', '1.33 ', ' 1.33', '１.33'])(
    'is told what a version looks like: "%s"',
    (targetVersion) => {
      expect(problems({ ...good, targetVersion })).toEqual([
        'targetVersion: must be a Kubernetes minor version such as "1.33"',
      ]);
    },
  );

  it.each(['', ' ', '-a', 'a b', 'a/b', 'a'.repeat(101)])(
    'is told what a cluster name looks like: "%s"',
    (name) => {
      expect(problems({ ...good, cluster: { name } })).toEqual([
        'cluster.name: must be a cluster name: 1 to 100 letters, digits, "-" or "_", beginning with a letter or digit',
      ]);
    },
  );

  it.each(['soon', '30', '-1s', '0s', '1w', '', 30, '0.1ms', '1h30m', `${'9'.repeat(200)}s`])(
    'is told what a duration looks like: %j',
    (timeout) => {
      expect(problems({ ...good, gates: { timeout } })).toEqual([`gates.timeout: ${duration}`]);
    },
  );

  it('is told once what is wrong with a probe interval', () => {
    for (const probeInterval of ['', 'x']) {
      expect(problems({ ...good, timing: { probeInterval } })).toEqual([`timing.probeInterval: ${duration}`]);
    }
  });

  it('lists every problem by its path, and only those', () => {
    expect(
      problems({
        cluster: { name: 7, region: 'Tokyo', roleArn: 'x', externalId: 'a', context: '', account: 1 },
        targetVersion: 'latest',
        controlPlane: { overrideInsights: 'yes', tries: 0 },
        addons: {
          resolveConflicts: 'KEEP',
          versions: { coredns: '' },
          selfManaged: { x: 'drop' },
          tries: 11,
        },
        workers: {
          maxUnavailable: '1',
          updateStrategy: 'FAST',
          order: 'a',
          skip: [''],
          maxSkew: 4,
          tries: 1.5,
        },
        gates: { hop: 1, onTimeout: 'x' },
        notify: [{ webhookEnv: 'https://hooks.example.test/x' }, {}],
        overrides: ['nope', 4],
        window: { days: [], from: '25:00', to: '6:00', timeZone: 'Mars/Olympus' },
        timing: { scale: 0, probeInterval: '2s', nodeGroupTimeout: '366d', gateTimeout: '1h' },
        dryRun: true,
      }),
    ).toEqual([
      'cluster.name: must be the name of the cluster',
      'cluster.region: must be an AWS region such as "ap-northeast-1"',
      'cluster.roleArn: must be the ARN of an IAM role',
      'cluster.externalId: must have at least 2 characters',
      'cluster.context: must not be empty',
      'cluster.account: is not a field of a request',
      'controlPlane.overrideInsights: must be true or false, not a text',
      'controlPlane.tries: must be at least 1',
      'addons.resolveConflicts: must be one of "PRESERVE", "OVERWRITE", "NONE"',
      'addons.versions.coredns: must not be empty',
      'addons.selfManaged.x: must be "leave"',
      'addons.tries: must be at most 10',
      'workers.maxUnavailable: must be a number, not a text',
      'workers.updateStrategy: must be one of "DEFAULT", "MINIMAL"',
      'workers.order: must be a list, not a text',
      'workers.skip.0: must not be empty',
      'workers.maxSkew: must be at most 3',
      'workers.tries: must be a whole number, not 1.5',
      'gates.hop: must be true or false, not 1',
      'gates.onTimeout: must be one of "reject", "wait"',
      'overrides.0: must be `check/subject` as the plan prints it',
      'overrides.1: must be `check/subject` as the plan prints it, alone or as {"finding": …, "reason": …}',
      'notify.0.webhookEnv: must be the name of an environment variable of the worker that begins with STEPLADDER_WEBHOOK',
      'notify.1.webhookEnv: is missing',
      'window.days: must not be empty',
      'window.from: must be a time of day such as "22:30"',
      'window.to: must be a time of day such as "22:30"',
      'window.timeZone: must be an IANA time zone such as "Asia/Tokyo"',
      'timing.scale: must be more than 0',
      'timing.nodeGroupTimeout: must be at most "365d"',
      'timing.probeInterval: must be at most "1s"',
      'timing.gateTimeout: is not a field of a request',
      'targetVersion: must be a Kubernetes minor version such as "1.33"',
      'dryRun: is not a field of a request',
    ]);
  });

  it('keeps an address out of the message that refuses it', () => {
    const secret = 'https://hooks.example.test/services/T0/B0/secret';
    expect(refusal({ ...good, notify: [{ webhookEnv: secret }] }).message).not.toContain('secret');
  });

  it('carries its problems as data too, and says that nothing was touched', () => {
    const error = refusal({});
    expect(error.type).toBe('InvalidInput');
    expect(error.message).toMatch(/^The request can't be used, and nothing was touched\. 2 problems:\n/);
    expect(error.details['problems']).toEqual([
      { path: 'cluster', message: 'is missing' },
      { path: 'targetVersion', message: 'is missing' },
    ]);
    expect(refusal({ ...good, x: 1 }).message).toContain('One problem:');
  });

  it('with a thousand problems shows a hundred and counts the others', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field${index}`, 1]));
    const lines = problems({ ...good, ...many });
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('… and 900 more');
  });

  it('that is no JSON is refused like any other', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(problems(circle)).toEqual(['(request): must be plain JSON']);
    expect(problems(10n)).toEqual(['(request): must be plain JSON']);
  });

  it('cannot reach the prototype of objects', () => {
    expect(
      problems(JSON.parse('{"cluster":{"name":"a"},"targetVersion":"1.33","__proto__":{"x":1}}')),
    ).toEqual(['__proto__: is not a field of a request']);
  });
});

describe('the narrowed requests', () => {
  it('want what their stage needs', () => {
    expect(problems({ cluster: good.cluster }, 'upgradeNodeGroup')).toEqual(['nodeGroup: is missing']);
    expect(problems({ cluster: good.cluster, nodeGroup: '' }, 'upgradeNodeGroup')).toEqual([
      'nodeGroup: must not be empty',
    ]);
    expect(problems({ cluster: good.cluster }, 'upgradeControlPlane')).toEqual(['targetVersion: is missing']);
    expect(problems({ ...good, nodeGroup: 'a' }, 'upgradeAddons')).toEqual([
      'nodeGroup: is not a field of a request',
    ]);
  });
});

describe('size', () => {
  it('of 3 MB has a message of its own, and is not looked into', () => {
    const error = refusal({ ...good, manifests: 'x'.repeat(3 * 1024 * 1024) });
    expect(error.type).toBe('InvalidInput');
    expect(error.message).toMatch(/^The request has 3072 KiB, and 64 KiB is the limit\./);
    expect(error.message.length).toBeLessThan(400);
    expect(error.details).toEqual({ bytes: expect.any(Number) });
  });

  it('is counted in bytes', () => {
    const { message } = refusal({ ...good, x: 'é'.repeat(maxRequestBytes / 2) });
    expect(message).toContain('64 KiB is the limit');
    expect(tooLarge(2 * maxRequestBytes)).toContain('128 KiB');
  });

  it('up to the limit is fine', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `group-${index}`);
    const skip = names.slice(0, 3500);
    expect(readRequest('upgradeCluster', { ...good, workers: { skip } }).workers.skip).toHaveLength(3500);
  });
});
