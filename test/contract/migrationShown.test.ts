import { describe, expect, it } from 'vitest';
import type { ContentsVerdict } from '../../src/activities/migrationTypes.ts';
import { cutoverShown, retireShown, rollbackText } from '../../src/contract/migrationShown.ts';
import type { CutoverMoment, RetireMoment } from '../../src/contract/migrationShown.ts';
import type { MigrationStage } from '../../src/contract/migration.ts';
import { probeSchema } from '../../src/contract/probe.ts';

const stages: MigrationStage[] = [
  {
    stage: 'resources',
    cluster: 'prod-1-34',
    sources: [{ copy: { excludeNamespaces: [], excludeKinds: [] } }],
    singletons: [{ kind: 'Deployment', namespace: 'shop', name: 'queue' }],
    volumes: [
      { claim: 'shop/cache', decision: 'empty' },
      { claim: 'shop/data-0', decision: 'restored' },
      { claim: 'shop/files', decision: 'shared' },
    ],
  },
  {
    stage: 'cutover',
    cluster: 'prod-1-34',
    router: 'listener rule 3 of load balancer shop',
    weights: [5, 25, 100],
    soak: '5m',
  },
  {
    stage: 'retirement',
    cluster: 'prod',
    keepOldFor: '72h',
    nodeGroups: ['db', 'web'],
    addons: ['coredns'],
  },
];

const asked = [
  probeSchema.parse({ name: 'shop', green: 'https://green.example.test', path: '/health' }),
  probeSchema.parse({
    name: 'inside',
    green: { service: { namespace: 'shop', name: 'web', port: 80 } },
    path: '/ready',
  }),
];

function cutover(change: Partial<CutoverMoment> = {}): string[] {
  return cutoverShown({
    ...{ blue: 'prod', green: 'prod-1-34', region: 'eu-west-1', from: '1.31', to: '1.34', stages, asked },
    copied: { applied: 300, unchanged: 12, leftOut: 40, refused: [], refusedCount: 0 },
    comparison: {
      same: 310,
      explained: [{ reason: 'made by a controller', count: 40 }],
      unexplained: [],
      unexplainedCount: 0,
    },
    workloads: { well: true, behind: [], behindCount: 0, compared: 42 },
    probes: {
      hold: true,
      results: [{ name: 'shop', state: 'holds', why: 'HTTP 200.', asked: 3, inARow: 3 }],
    },
    weights: { blue: 100, green: 0 },
    addresses: ['http://shop.example.test:80'],
    badLooks: 2,
    returns: [],
    ...change,
  });
}

describe('the gate of the cutover', () => {
  it('says what was seen, how to look for oneself, what an approval does, and how to go back', () => {
    expect(cutover()).toMatchInlineSnapshot(`
      [
        "Send the users of prod (1.31) to prod-1-34 (1.34), by listener rule 3 of load balancer shop?",
        "- **copied**: 312 objects on prod-1-34, 40 stay behind",
        "- **compared**: 310 objects the same on both; differences: 40 explained, none unexplained",
        "  - 40: made by a controller",
        "- **workloads**: 42 owners of Pods were compared, all as well as on prod",
        "- **probed** from inside: shop (3 in a row)",
        "- **look for yourself**",
        "  - \`aws eks update-kubeconfig --name prod-1-34 --region eu-west-1\`",
        "  - shop: \`https://green.example.test/health\`",
        "  - inside: \`kubectl get --raw /api/v1/namespaces/shop/services/web:80/proxy/ready\`",
        "  - the users of prod now: blue 100 %, green 0 % (http://shop.example.test:80)",
        "- **on approval**",
        "  - first CronJobs, shop/queue stop on prod, then start on prod-1-34",
        "  - 5 % → 25 % → 100 % of the users on prod-1-34, each step watched for 5m",
        "  - after 2 looks in a row at which prod-1-34 does worse than prod, all go back by themselves",
        "  - prod then stays as it was for 72h, and goes only when you approve that too",
        "- **to go back**: \`rollback\`, at any step and as long as prod is kept: all users are on prod again within one step",
        "  - what was written to databases and queues outside both clusters stays written",
        "  - what was written to shop/data-0 on prod-1-34 stays there: your own job has to bring it back to prod",
        "  - what was written to shop/cache on prod-1-34 stays there, and prod does not have it",
        "  - what was written to shop/files is there on both: they share it",
        "  - objects that were changed in the Kubernetes API of prod-1-34 since then are not brought back to prod",
      ]
    `);
  });

  describe('tells what does not say the same on both', () => {
    const comparison = { same: 310, explained: [], unexplained: [], unexplainedCount: 0 };
    const same = { compared: 298, differing: 0, onlyGreenSaysMore: 0, lines: [], isBroughtAgain: true };
    const lines = ['shop/Deployment/web: spec.template.spec.containers[0].image', 'shop/Secret/keys: data'];

    it.each<[what: string, contents: ContentsVerdict, said: string[]]>([
      ['nothing', same, []],
      [
        'what has changed on blue since it was copied',
        { ...same, differing: 2, lines },
        [
          '- **objects that do not say the same on prod-1-34 as on prod** (2)',
          ...lines.map((line) => `  - ${line}`),
          '  - 2 have changed since they were copied: what prod says then is brought again right before the users go',
        ],
      ],
      [
        'what its own source says',
        { ...same, differing: 12, lines, isBroughtAgain: false },
        [
          '- **objects that do not say the same on prod-1-34 as on prod** (12)',
          ...lines.map((line) => `  - ${line}`),
          '  - and 10 more in the evidence',
          '  - 12 are as their own source has them: see that nothing of prod is missing there',
        ],
      ],
      [
        'what only green says besides',
        { ...same, differing: 2, onlyGreenSaysMore: 1, lines },
        [
          '- **objects that do not say the same on prod-1-34 as on prod** (2)',
          ...lines.map((line) => `  - ${line}`),
          '  - one has changed since it was copied: what prod says then is brought again right before the users go',
          '  - one says all that prod does, and something besides: that stays',
        ],
      ],
    ])('%s', (_what, contents, said) => {
      const shown = cutover({ comparison: { ...comparison, contents } });
      expect(shown.slice(1, 1 + said.length)).toEqual(said);
      const count = contents.differing === 0 ? 'all the same' : `${contents.differing} not the same`;
      expect(shown).toContain(
        `- **compared**: 310 objects on both, 298 compared by what they say: ${count}; differences: 0 explained, none unexplained`,
      );
    });
  });

  it('begins with why the users were sent back before, and what speaks against it', () => {
    const lines = cutover({
      returns: ['probe shop failed', 'Green has no healthy target.'],
      comparison: {
        same: 2,
        explained: [],
        unexplained: ['ConfigMap shop/a is missing'],
        unexplainedCount: 12,
      },
      probes: {
        hold: false,
        results: [
          { name: 'shop', state: 'fails', why: 'HTTP 500.', asked: 9, inARow: 0 },
          { name: 'inside', state: 'unknown', why: 'nobody answered.', asked: 9, inARow: 0 },
        ],
      },
      copied: {
        ...{ applied: 1, unchanged: 0, leftOut: 0 },
        refused: ['Ingress shop/web: no such class'],
        refusedCount: 1,
      },
    });
    expect(lines.slice(1, 12)).toEqual([
      '- **sent back before (1)**: probe shop failed',
      '- **sent back before (2)**: Green has no healthy target.',
      '- **prod-1-34 refused objects** (1)',
      '  - Ingress shop/web: no such class',
      '- **differences that nothing explains** (12)',
      '  - ConfigMap shop/a is missing',
      '  - and 11 more in the evidence',
      '- **probes that do not hold** (2)',
      '  - shop fails: HTTP 500.',
      '  - inside is unknown: nobody answered.',
      '- **copied**: 1 object on prod-1-34, 0 stay behind',
    ]);
    expect(lines.join('\n')).not.toContain('probed');
  });

  it('says that nothing tells how the new cluster serves where no probe was asked for', () => {
    const lines = cutover({ asked: [], probes: { hold: true, results: [] } });
    expect(lines[1]).toContain('no probe');
  });

  it('does not say that the users are somewhere when nobody knows', () => {
    expect(cutover({ weights: undefined, addresses: [] }).join('\n')).toContain(
      'the users of prod now: where they are sent is not known',
    );
  });

  it('names ten of many probes and reasons at most', () => {
    const many = Array.from({ length: 30 }, (_, index) =>
      probeSchema.parse({ name: `p${index}`, green: 'https://green.example.test' }),
    );
    expect(cutover({ asked: many }).filter((line) => /^ {2}- p\d/.test(line))).toHaveLength(10);
  });
});

describe('going back', () => {
  it('says what becomes of what was written meanwhile, volume by volume', () => {
    expect(rollbackText({ blue: 'prod', green: 'prod-1-34', stages })).toMatchInlineSnapshot(
      `"All users are sent back to prod. There CronJobs, shop/queue run again, and stand still on prod-1-34. What was written to databases and queues outside both clusters stays written. What was written to shop/data-0 on prod-1-34 stays there: your own job has to bring it back to prod. What was written to shop/cache on prod-1-34 stays there, and prod does not have it. What was written to shop/files is there on both: they share it. Objects that were changed in the Kubernetes API of prod-1-34 since then are not brought back to prod."`,
    );
  });
});

describe('the gate before the old cluster goes', () => {
  const retirement = stages.find((stage) => stage.stage === 'retirement');
  if (retirement === undefined) throw new Error('the plan has no such stage');
  const shown = (change: Partial<RetireMoment> = {}) =>
    retireShown({
      ...{ blue: 'prod', green: 'prod-1-34', stages, stage: retirement, servedMs: 72 * 3_600_000, nodes: 5 },
      weights: { blue: 0, green: 100 },
      ...change,
    });

  it('says for how long the new one has served, what is deleted, and that there is no way back', () => {
    expect(shown()).toMatchInlineSnapshot(`
      [
        "Delete prod? It can't be undone: until then \`rollback\` sends the users back to it, afterwards there is no way back.",
        "- **served**: all users have been on prod-1-34 for 3 d; now blue 0 %, green 100 %",
        "- **deleted**: node groups db, web; add-ons coredns; cluster prod. Nothing else: a node group that is not in this list stops it",
        "- **data**: of shop/cache, shop/data-0 nothing was shared; what only prod has of it is deleted or left behind, as the volumes' reclaim policies say",
        "- **stays**: load balancers, volumes and whatever else controllers on prod have made outside of it",
        "- **saved**: 5 nodes and a control plane, 120 node-hours a day",
        "- **rejected**, prod stays as it is and is yours; the migration is done all the same",
      ]
    `);
  });

  it.each([
    [45_000, '45 s'],
    [20 * 60_000, '20 min'],
    [5 * 3_600_000, '5 h'],
    [(3 * 24 + 4) * 3_600_000, '3 d 4 h'],
  ])('tells a time of %i ms as %s', (servedMs, text) => {
    expect(shown({ servedMs })[1]).toContain(`on prod-1-34 for ${text};`);
  });

  it('counts no nodes that it does not know', () => {
    expect(shown({ nodes: undefined }).join('\n')).not.toContain('saved');
  });
});
