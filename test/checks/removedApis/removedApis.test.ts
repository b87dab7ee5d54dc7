import { describe, expect, it } from 'vitest';
import { blockingFindings, findingKey } from '../../../src/checks/index.ts';
import type { ApiUse, ApiUseCoverage, ObservedApiUses } from '../../../src/checks/removedApis/types.ts';
import type { Finding } from '../../../src/contract/finding.ts';
import type { Observation } from '../../../src/plan/observation.ts';
import { insight, observe, observedAt, plan } from '../../plan/fixtures.ts';

const beta3 = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1beta3' };
const key = 'removed-apis/API/flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema';

const use = (place: ApiUse['place'], rest: Partial<ApiUse> = {}): ApiUse => ({
  ...beta3,
  kind: 'FlowSchema',
  place,
  observedAt,
  ...rest,
});
const object = { kind: 'FlowSchema', name: 'shop' };
const manifest = (file = 'deploy/flows.yaml', line = 7) => use({ kind: 'manifest', file, line }, { object });
const release = use(
  { kind: 'helm-release', namespace: 'shop', release: 'web', chart: 'web-1.2.3' },
  { object },
);
const requests: ApiUse = {
  ...beta3,
  resource: 'flowschemas',
  place: { kind: 'api-requests' },
  observedAt,
  removed: '1.32',
};
const seenByEks = (lastUsedAt?: string, userAgent = 'old-controller/1.0'): ApiUse => ({
  ...beta3,
  resource: 'flowschemas',
  place: { kind: 'eks-insight', insight: 'i', userAgent, requestsLast30Days: 12 },
  observedAt,
  ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
});
const written = use({ kind: 'managed-fields', manager: 'argocd' }, { object });
const applied = use({ kind: 'last-applied' }, { object });

const coverage = (
  source: ApiUseCoverage['source'],
  state: ApiUseCoverage['state'] = 'complete',
  why?: string,
): ApiUseCoverage => ({ source, state, count: 1, ...(why === undefined ? {} : { why }) });

/** All that there is to ask was asked, save manifests; the counters are two hours old. */
const allAsked: ApiUseCoverage[] = [
  coverage('manifests', 'not-asked'),
  coverage('helm-releases'),
  coverage('last-applied'),
  coverage('managed-fields'),
  coverage('api-requests'),
  coverage('eks-insights'),
];
const youngestStart = '2026-03-02T08:00:00.000Z';

function apiUses(uses: ApiUse[], change: Partial<ObservedApiUses> = {}): Partial<Observation> {
  return {
    apiUses: { uses, coverage: allAsked, problems: [], requests: { servers: 2, youngestStart }, ...change },
  };
}

const toNext = { targetVersion: '1.32' };

function findings(
  change: Partial<Observation>,
  fields: Record<string, unknown> = toNext,
  check = 'removed-apis',
): Finding[] {
  return plan(observe(change), fields).findings.filter((finding) => finding.check === check);
}

const brief = ({ severity, hop, ...finding }: Finding) =>
  `${severity} ${findingKey(finding)}${hop === undefined ? '' : ` @${hop}`}`;

describe('one finding', () => {
  it('holds everything that uses a removed API as its evidence, whether it names the kind or the resource', () => {
    const found = findings(apiUses([manifest(), release, requests, seenByEks('2026-03-02T09:00:00.000Z')]));
    expect(found.map(brief)).toEqual([`blocker ${key} @1.32`]);
    expect(found[0]).toMatchObject({
      subject: { apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3' },
      message:
        'flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema is not served from 1.32 on, and is in use: 1 manifest, 1 Helm release, requests of clients since the API servers started and 1 client seen by EKS.',
      evidence: [
        {
          source: 'manifest deploy/flows.yaml:7 (FlowSchema shop)',
          observedAt,
          file: 'deploy/flows.yaml',
          line: 7,
        },
        { source: 'Helm release shop/web, chart web-1.2.3 (FlowSchema shop)', observedAt },
        {
          source: 'requests for flowschemas, counted by an API server (apiserver_requested_deprecated_apis)',
          observedAt,
        },
        {
          source:
            'EKS insight i: client old-controller/1.0, 12 requests in 30 days, the last at 2026-03-02T09:00:00.000Z',
          observedAt,
        },
      ],
    });
    expect(found[0]!.remedy).toMatch(/^Move to flowcontrol\.apiserver\.k8s\.io\/v1 FlowSchema\./);
    expect(found[0]!.remedy).toContain('Upgrade the clients: old-controller/1.0.');
  });

  it('names the hop that breaks it, also when that is not the first', () => {
    expect(findings(apiUses([manifest()]), { targetVersion: '1.33' }).map(brief)).toEqual([
      `blocker ${key} @1.32`,
    ]);
    const later = { targetVersion: '1.34' };
    const uses = [{ ...manifest(), group: 'resource.k8s.io', version: 'v1alpha3', kind: 'ResourceClaim' }];
    expect(findings(apiUses(uses), later)[0]?.hop).toMatch(/^1\.3[34]$/);
  });

  it('tells of each API by itself', () => {
    const other = { ...release, kind: 'PriorityLevelConfiguration' };
    expect(findings(apiUses([manifest(), other])).map(brief)).toEqual([
      `blocker ${key} @1.32`,
      `blocker ${key.replace('FlowSchema', 'PriorityLevelConfiguration')} @1.32`,
    ]);
  });

  it('holds bounded evidence, with some of each source first, and says how many more there are', () => {
    const many = Array.from({ length: 700 }, (_, index) => manifest(`deploy/${index}.yaml`));
    const [finding] = findings(apiUses([...many, release]));
    expect(finding!.message).toContain('700 manifests and 1 Helm release');
    expect(finding!.evidence).toHaveLength(501);
    expect(finding!.evidence[5]!.source).toMatch(/^Helm release/);
    expect(finding!.evidence.at(-1)!.source).toBe('and 201 more places');
  });

  it('is silent about what stays, where nobody looked, and where the control plane stays', () => {
    expect(findings(apiUses([{ ...manifest(), version: 'v1' }]))).toEqual([]);
    expect(findings({})).toEqual([]);
    const change = {
      ...apiUses([manifest()]),
      nodeGroups: [{ ...observe().nodeGroups[0]!, version: '1.30' }],
    };
    const { findings: found } = plan(
      observe(change),
      { nodeGroup: 'blue' },
      { workflowType: 'upgradeNodeGroup' },
    );
    expect(found.filter(({ check }) => check === 'removed-apis')).toEqual([]);
  });
});

describe('severity', () => {
  const complete = coverage('eks-insights');
  const without = (...sources: string[]) => allAsked.filter(({ source }) => !sources.includes(source));
  it.each<[string, ApiUse[], ApiUseCoverage[], string]>([
    ['a manifest', [manifest()], allAsked, 'blocker'],
    ['a Helm release', [release], allAsked, 'blocker'],
    ['an applied manifest', [applied], allAsked, 'blocker'],
    ['counted requests', [requests], allAsked, 'blocker'],
    [
      'a client seen by EKS since the counters began',
      [seenByEks('2026-03-02T09:00:00Z')],
      allAsked,
      'blocker',
    ],
    ['a client seen by EKS, it is not said when', [seenByEks()], allAsked, 'blocker'],
    [
      'a client seen by EKS before that, mended since',
      [seenByEks('2026-03-01T09:00:00Z')],
      allAsked,
      'warning',
    ],
    [
      'the same where not all API servers were met',
      [seenByEks('2026-03-01T09:00:00Z')],
      [...without('api-requests'), coverage('api-requests', 'partial')],
      'blocker',
    ],
    ['the same beside a manifest', [seenByEks('2026-03-01T09:00:00Z'), manifest()], allAsked, 'blocker'],
    ['managed fields, where EKS says that nobody asks for it', [written], allAsked, 'warning'],
    [
      'managed fields, where requests are not known',
      [written],
      [...without('eks-insights'), coverage('eks-insights', 'not-asked')],
      'unknown',
    ],
  ])('of %s', (_, uses, covered, severity) => {
    expect(complete.state).toBe('complete');
    const [finding] = findings(apiUses(uses, { coverage: covered })).filter(
      ({ subject }) => subject.kind === 'API',
    );
    expect(finding?.severity).toBe(severity);
  });

  it('tells what was mended and is still in the 30 days of EKS', () => {
    const [finding] = findings(apiUses([seenByEks('2026-03-01T09:00:00Z')]));
    expect(finding!.message).toMatch(
      /It seems to be mended: no API server has counted a request since 2026-03-02T08:00:00\.000Z.*EKS still counts the last one, at 2026-03-01T09:00:00Z/,
    );
  });

  it('keeps a mended use a blocker while EKS itself refuses the step for it', () => {
    const change = {
      ...apiUses([seenByEks('2026-03-01T09:00:00Z')]),
      insights: [insight('i')],
    };
    const [finding] = findings(change);
    expect(finding).toMatchObject({
      severity: 'blocker',
      message: expect.stringContaining('refuses the step'),
    });
    expect(findings(change, { ...toNext, controlPlane: { overrideInsights: true } })[0]?.severity).toBe(
      'warning',
    );
  });

  it.each([
    ['1.31', 'v1beta2', 'FlowSchema', 'warning', /is not served since 1\.29 already/],
    ['1.31', 'v1beta3', 'FlowSchema', 'blocker', /is not served from 1\.32 on/],
    ['1.30', 'v1beta3', 'FlowSchema', 'warning', /is deprecated since 1\.29 and not served from 1\.32 on/],
    ['1.29', 'v1beta3', 'FlowSchema', 'info', /is deprecated since 1\.29 and not served from 1\.32 on/],
  ])('from %s to the next: %s %s in a manifest is a %s', (from, version, kind, severity, message) => {
    const base = observe().cluster;
    const change = { ...apiUses([{ ...manifest(), version, kind }]), cluster: { ...base, version: from } };
    const to = `1.${Number(from.slice(2)) + 1}`;
    const [finding] = findings(
      { ...change, nodeGroups: [], nodes: [], kubeProxies: [] },
      { targetVersion: to },
    );
    expect(finding).toMatchObject({ severity, message: expect.stringMatching(message) });
  });

  it('takes the word of the counter for an API that no table knows', () => {
    const unknown: ApiUse = { ...requests, group: 'example.org', version: 'v1alpha1', resource: 'widgets' };
    expect(findings(apiUses([unknown])).map(brief)).toEqual([
      'blocker removed-apis/API/example.org/v1alpha1/widgets @1.32',
    ]);
    expect(findings(apiUses([{ ...unknown, removed: '1.35' }])).map(({ severity }) => severity)).toEqual([
      'info',
    ]);
  });

  it('judges by tables that were given as well, also by versions of their own', () => {
    const certificate = { ...manifest(), group: 'cert-manager.io', version: 'v1alpha2', kind: 'Certificate' };
    const table = {
      name: 'cert-manager',
      sources: ['cert-manager.yaml'],
      upgrade: { from: '1.5', to: '1.6' },
      lifecycles: [{ group: 'cert-manager.io', version: 'v1alpha2', kind: 'Certificate', removed: '1.6' }],
    };
    expect(findings(apiUses([certificate]))).toEqual([]);
    const [finding] = findings(apiUses([certificate], { tables: [table] }));
    expect(brief(finding!)).toBe('blocker removed-apis/API/cert-manager.io/v1alpha2/Certificate');
    expect(finding!.message).toContain('(cert-manager)');
  });
});

describe('what could not be seen', () => {
  const only = (...changed: ApiUseCoverage[]) => ({
    coverage: [
      ...allAsked.filter(({ source }) => !changed.some((each) => each.source === source)),
      ...changed,
    ],
  });
  const unknowns = (change: Partial<ObservedApiUses>) => findings(apiUses([], change)).map(brief);

  it.each(['helm-releases', 'last-applied', 'managed-fields', 'manifests'] as const)(
    'of %s is unknown, with the reason',
    (source) => {
      for (const state of ['partial', 'failed'] as const) {
        const [finding] = findings(apiUses([], only(coverage(source, state, 'not allowed'))));
        expect(brief(finding!)).toBe(`unknown removed-apis/Source/${source}`);
        expect(finding!.message).toMatch(/: not allowed\.$/);
      }
      expect(unknowns(only(coverage(source)))).toEqual([]);
    },
  );

  it('of requests is covered by the insights of EKS, which look back 30 days', () => {
    expect(unknowns(only(coverage('api-requests', 'failed', 'forbidden')))).toEqual([]);
  });

  it.each<[string, ApiUseCoverage, ObservedApiUses['requests'], RegExp | undefined]>([
    ['they failed', coverage('api-requests', 'failed', 'forbidden'), undefined, /: forbidden\.$/],
    ['not all were met', coverage('api-requests', 'partial', 'met 1 of 2'), undefined, /: met 1 of 2\.$/],
    [
      'they began two hours ago',
      coverage('api-requests'),
      { servers: 2, youngestStart },
      /know nothing of before 2026-03-02T08:00/,
    ],
    [
      'they began 31 days ago',
      coverage('api-requests'),
      { servers: 2, youngestStart: '2026-01-30T00:00:00.000Z' },
      undefined,
    ],
  ])('of requests stands by itself without insights: when %s', (_, counters, requested, message) => {
    const change = {
      ...only(counters, coverage('eks-insights', 'failed', 'not allowed')),
      ...(requested === undefined ? {} : { requests: requested }),
    };
    const found = findings(apiUses([], change));
    expect(found.map(brief)).toEqual(
      message === undefined ? [] : ['unknown removed-apis/Source/api-requests'],
    );
    if (message !== undefined) expect(found[0]!.message).toMatch(message);
  });

  it('of requests matters only where the steps take away a version that the cluster serves', () => {
    const change = only(coverage('api-requests', 'failed', 'forbidden'), coverage('eks-insights', 'partial'));
    const keys = (served: string[]) => unknowns({ ...change, served });
    expect(keys(['v1', 'flowcontrol.apiserver.k8s.io/v1', 'flowcontrol.apiserver.k8s.io/v1beta3'])).toEqual([
      'unknown removed-apis/Source/api-requests',
    ]);
    expect(keys(['v1', 'flowcontrol.apiserver.k8s.io/v1'])).toEqual([]);
  });

  it('of a manifest that is none is unknown, by file and line', () => {
    const problems = [
      { file: 'a.yaml', line: 3, problem: 'A tab is no indentation' },
      { file: 'a.yaml', line: 9, problem: 'again' },
      { file: 'Secret shop/x', problem: 'it is no gzip.' },
    ];
    const found = findings(apiUses([], { problems }));
    expect(found.map(({ message }) => message).sort()).toEqual([
      'Secret shop/x: it is no gzip.',
      'a.yaml:3: A tab is no indentation. (1 more in it.)',
    ]);
    expect(found.map(brief)).toContain('unknown removed-apis/Manifest/a.yaml');
  });
});

describe('an insight about APIs', () => {
  const deprecations = [
    {
      usage: '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas',
      clients: [{ userAgent: 'old-controller/1.0' }],
    },
  ];
  const about = (uses: ApiUse[] = [seenByEks()]) => ({
    ...apiUses(uses),
    insights: [insight('i', { deprecations })],
  });
  const all = (change: Partial<Observation>, overrides: string[] = []) => {
    const made = plan(observe(change), { ...toNext, overrides });
    return {
      keys: made.findings.map(brief),
      blocking: blockingFindings(made.findings, made.plan.overrides).map(findingKey),
      force: made.plan.hops[0]!.stages.some((stage) => stage.stage === 'control-plane' && stage.force),
    };
  };

  it('is told once, with the other uses of the same API', () => {
    expect(all(about()).keys).toEqual([`blocker ${key} @1.32`]);
  });

  it('is what EKS is asked to go on in spite of when the finding is overridden', () => {
    expect(all(about()).force).toBe(false);
    expect(all(about(), [key])).toMatchObject({ blocking: [], force: true });
  });

  it('that the request overrides by its own name stands by itself, as approvals of older releases have it', () => {
    expect(all(about(), ['insights/Insight/i'])).toEqual({
      keys: ['blocker insights/Insight/i @1.32'],
      blocking: [],
      force: true,
    });
  });

  it('stands by itself where nobody looked, or when not all that it says is of a known API', () => {
    expect(all({ insights: [insight('i', { deprecations })] }).keys).toEqual([
      'blocker insights/Insight/i @1.32',
    ]);
    const more = [...deprecations, { usage: 'something odd', clients: [] }];
    expect(all({ ...about(), insights: [insight('i', { deprecations: more })] }).keys).toContain(
      'blocker insights/Insight/i @1.32',
    );
  });
});

describe('an annotation to ignore', () => {
  const ignored = { reason: 'moves in May', until: '2026-05-31' };

  it('lets a use not count; what is ignored altogether is shown, and does not stop a plan', () => {
    const [finding] = findings(apiUses([{ ...manifest(), ignored }]));
    expect(finding).toMatchObject({
      severity: 'warning',
      ignored,
      message: expect.stringMatching(/^Ignored until 2026-05-31 \(moves in May\): flowcontrol/),
    });
    const [other] = findings(apiUses([{ ...manifest(), ignored }, release]));
    expect(other).toMatchObject({
      severity: 'blocker',
      message: expect.stringContaining('One more use is ignored'),
    });
    expect(other!.evidence).toHaveLength(1);
  });

  it('counts for nothing when its day is over, and says so', () => {
    const over = { reason: 'moves in May', until: '2026-03-01' };
    const [finding] = findings(apiUses([{ ...manifest(), ignored: over }]));
    expect(finding).toMatchObject({ severity: 'blocker' });
    expect(finding!.evidence[0]!.source).toMatch(/whose annotation to ignore it ended on 2026-03-01$/);
  });
});
