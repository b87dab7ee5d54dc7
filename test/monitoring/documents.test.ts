import { describe, expect, it } from 'vitest';
import { readText } from '../../src/monitoring/documents.ts';
import type { Wanted } from '../../src/monitoring/documents.ts';
import { told } from './contents.ts';

function read(value: unknown, wanted: Wanted) {
  return readText(typeof value === 'string' ? value : JSON.stringify(value), wanted, 'file');
}

function problems(value: unknown, wanted: Wanted): string[] {
  return read(value, wanted).problems.map(({ problem }) => problem);
}

const ruleFile = `
groups:
  - name: k8s
    rules:
      - alert: Slow
        expr: x > 1
        labels: {severity: page}
      - record: job:x
        expr: sum by (job) (x)
        labels: {tier: a}
  - name: other
    rules:
      - alert: Always
        expr: 1
`;
const inRules = [
  'alert k8s/Slow: x > 1',
  'recording-rule k8s/job:x: sum by (job) (x)',
  'alert other/Always: 1',
];

describe('rules', () => {
  it('are read from a rule file', () => {
    const contents = read(ruleFile, 'rules');
    expect(told(contents)).toEqual(inRules);
    expect(contents.count).toBe(3);
    expect(contents.expressions[1]?.ownLabels).toEqual(['tier']);
  });

  const spec = { groups: [{ name: 'g', rules: [{ alert: 'A', expr: 'x' }] }] };
  const object = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', spec };

  it('are read from PrometheusRule objects, in lists and between other documents', () => {
    expect(told(read(object, 'rules'))).toEqual(['alert g/A: x']);
    expect(told(read({ kind: 'List', items: [object, { kind: 'Pod' }, object] }, 'rules'))).toHaveLength(2);
    const documents = ['kind: Service', JSON.stringify(object), '', ruleFile].join('\n---\n');
    expect(told(read(documents, 'rules'))).toEqual(['alert g/A: x', ...inRules]);
  });

  it('are read from the rule files in a ConfigMap', () => {
    const data = { 'k8s.rules.yaml': ruleFile, 'script.sh': 'groups: [', 'settings.yaml': 'a: b' };
    const contents = read({ kind: 'ConfigMap', data }, 'rules');
    expect(told(contents)).toEqual(inRules);
    expect(contents.problems).toEqual([]);
    expect(contents.expressions[0]?.place.source).toBe('file, k8s.rules.yaml');
  });

  it.each([
    ['kind: Pod'],
    ['[1, 2]'],
    ['"text"'],
    [''],
    ['groups: nonsense'],
    ['# nothing'],
    ['{"panels": []}'],
  ])('are not there in %s, and nothing is said', (text) => {
    expect(read(text, 'rules')).toEqual({ count: 0, expressions: [], names: [], problems: [] });
  });

  it('without an expression are told', () => {
    const contents = read({ groups: [{ rules: [{ alert: 'A' }, 5, null] }] }, 'rules');
    expect(contents.problems.map(({ place, problem }) => [place?.kind, problem])).toEqual([
      ['alert', 'it has no expression'],
      ['alert', 'it has no expression'],
      ['alert', 'it has no expression'],
    ]);
  });
});

const panel = (title: string, expr: string, rest = {}) => ({ title, targets: [{ expr }], ...rest });

describe('dashboards', () => {
  it.each([
    ['bare', { title: 'D', panels: [panel('P', 'x')] }],
    ['wrapped', { dashboard: { title: 'D', panels: [panel('P', 'x')] }, meta: {} }],
    ['with rows', { title: 'D', rows: [{ panels: [panel('P', 'x')] }] }],
    ['with collapsed rows', { title: 'D', panels: [{ type: 'row', panels: [panel('P', 'x')] }] }],
    [
      'of the newer schema',
      {
        title: 'D',
        elements: {
          'panel-1': {
            kind: 'Panel',
            spec: {
              title: 'P',
              data: { spec: { queries: [{ spec: { query: { kind: 'prometheus', spec: { expr: 'x' } } } }] } },
            },
          },
        },
      },
    ],
    ['that are a library panel', { kind: 1, name: 'D', model: panel('P', 'x') }],
  ])('%s are read', (_form, value) => {
    const contents = read(value, 'dashboards');
    expect(told(contents)).toEqual(['panel D/P: x']);
    expect(contents.count).toBe(1);
  });

  it('have several questions a panel, and names for panels without a title', () => {
    const panels = [{ id: 7, targets: [{ expr: 'x' }, { expr: 'y' }, { expr: '' }, { rawSql: 'z' }] }];
    expect(told(read({ title: 'D', panels }, 'dashboards'))).toEqual([
      'panel D/panel 7: x',
      'panel D/panel 7: y',
    ]);
  });

  it('have variables and annotations that stand on metrics, too', () => {
    const query = (name: string, text: unknown) => ({ name, type: 'query', query: text });
    const value = {
      title: 'D',
      panels: [],
      templating: {
        list: [
          query('a', 'label_values(x{job="$job"}, pod)'),
          query('b', { query: 'label_values(y, pod)' }),
          query('c', 'query_result(topk(3, z))'),
          query('d', 'label_values(pod)'),
          query('e', 'label_names()'),
          query('f', 'metrics(node_.*)'),
          { name: 'g', type: 'custom', query: '1,2' },
          { name: 'h', type: 'interval', query: '5m' },
        ],
      },
      annotations: { list: [{ name: 'deploys', expr: 'changes(w[5m])' }, { name: 'none' }] },
    };
    expect(told(read(value, 'dashboards'))).toEqual([
      'panel D/variable a: x{job="$job"}',
      'panel D/variable b: y',
      'panel D/variable c: topk(3, z)',
      'panel D/annotation deploys: changes(w[5m])',
    ]);
  });

  it('are asked about Prometheus only', () => {
    const panels = [
      panel('logs', '{app="x"}', { datasource: { type: 'loki', uid: 'l' } }),
      panel('named', 'a', { datasource: 'Prometheus' }),
      panel('variable', 'b', { datasource: { type: 'prometheus', uid: '$ds' } }),
      panel('amazon', 'c', { datasource: { type: 'grafana-amazonprometheus-datasource' } }),
      {
        title: 'mixed',
        datasource: { type: 'datasource', uid: '-- Mixed --' },
        targets: [
          { expr: 'd', datasource: { type: 'prometheus' } },
          { expr: 'no', datasource: { type: 'loki' } },
        ],
      },
    ];
    expect(told(read({ title: 'D', panels }, 'dashboards'))).toEqual([
      'panel D/named: a',
      'panel D/variable: b',
      'panel D/amazon: c',
      'panel D/mixed: d',
    ]);
  });

  it('tell of panels that are in the library only', () => {
    const panels = [{ title: 'P', libraryPanel: { uid: 'u', name: 'Shared' } }];
    expect(problems({ title: 'D', panels }, 'dashboards')).toEqual([
      expect.stringContaining('library\'s panel "Shared"'),
    ]);
  });

  it('are read from ConfigMaps, each with its file', () => {
    const data = { 'd.json': JSON.stringify({ title: 'D', panels: [panel('P', 'x')] }), 'readme.txt': '{' };
    const contents = read({ kind: 'ConfigMap', data }, 'dashboards');
    expect(told(contents)).toEqual(['panel D/P: x']);
    expect(contents.expressions[0]?.place.source).toBe('file, d.json');
  });

  it.each([[{ title: 'no panels' }], [{ panels: 'x' }], [[1]], [{ groups: [] }], [null], [{ rows: {} }]])(
    'are not there in %j, and nothing is said',
    (value) => {
      expect(read(value, 'dashboards')).toEqual({ count: 0, expressions: [], names: [], problems: [] });
    },
  );

  it('nested without end are told', () => {
    let inner: object = panel('P', 'x');
    for (let depth = 0; depth < 50; depth += 1) inner = { title: 'row', panels: [inner] };
    expect(problems({ title: 'D', panels: [inner] }, 'dashboards')).toEqual([
      'its panels are nested too deep',
    ]);
  });
});

describe('what can not be parsed', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x,x]',
    'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]',
    'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]',
    'd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    'groups: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]',
  ].join('\n');

  it.each([
    ['a template', 'groups:\n  - name: {{ .Values.name }}\n    rules: [', /^line \d+: it is no YAML/],
    ['JSON that ends early', '{"groups": [{"name": "g"', /no YAML/],
    ['long JSON that ends early', `{"groups": [${'{"a":1},'.repeat(50_000)}`, /no JSON/],
    ['a binary file', 'groups:\0\u0001', /no text/],
    ['a YAML bomb', bomb, /beyond measure/],
    ['a file beyond measure', `groups: ${'a'.repeat(17 * 1024 * 1024)}`, /larger than 16 MB/],
    ['YAML of too many parts', `groups:\n${'- a\n'.repeat(150_000)}`, /too complex/],
    ['brackets in brackets', `groups: ${'['.repeat(3_000_000)}`, /too complex/],
  ])('%s is told', (_what, text, expected) => {
    const found = problems(text, 'rules');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it('is not a large dashboard in a ConfigMap', () => {
    const large = JSON.stringify(
      { title: 'D', text: 'x'.repeat(3_000_000), panels: [panel('P', 'x')] },
      null,
      2,
    );
    const indented = large.replaceAll(/^/gm, '    ');
    const contents = read(`kind: ConfigMap\ndata:\n  d.json: |-\n${indented}\n`, 'dashboards');
    expect(told(contents)).toEqual(['panel D/P: x']);
    expect(contents.problems).toEqual([]);
  });

  it.each(['['.repeat(1_000_000), 'a: '.repeat(300_000), '\0\u0001', '{{- if .Values.on }}'])(
    'and holds no word of what is wanted is passed over (%#)',
    (text) => {
      expect(problems(text, 'rules')).toEqual([]);
      expect(problems(text, 'dashboards')).toEqual([]);
    },
  );

  it('is looked for behind escapes', () => {
    expect(
      told(read('{"\\u0067roups": [{"name": "g", "rules": [{"alert": "A", "expr": "x"}]}]}', 'rules')),
    ).toEqual(['alert g/A: x']);
  });

  it('does not keep the documents beside it from being read', () => {
    const contents = read(`a: [\n---\n${ruleFile}`, 'rules');
    expect(contents.problems).toHaveLength(1);
    expect(told(read(`${ruleFile}\n---\na: [`, 'rules'))).toEqual(inRules);
  });

  it('says nothing of what the file holds', () => {
    const secret = 'password: hunter2 {{';
    expect(JSON.stringify(problems(`groups:\n  ${secret}\n : [`, 'rules'))).not.toContain('hunter2');
  });
});
