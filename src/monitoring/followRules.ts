import type { MetricUse, MonitoringProblem, UsedMetric } from '../checks/monitoring/types.ts';
import type { PlacedExpression, PlacedName } from './expressionUse.ts';
import { replaceVariables } from './grafana/variables.ts';
import { readExpression } from './promql.ts';

/** Recording rules that one place may stand on, all levels together: more is not followed, and told. */
const maximumFollowed = 5_000;

type Problem = Omit<MonitoringProblem, 'source' | 'observedAt'> & Required<Pick<MonitoringProblem, 'place'>>;

/** Recording rules by the name that they record under; several may record under one. */
type Rules = ReadonlyMap<string, readonly PlacedExpression[]>;

/** `readExpression`, which remembers: many stand on the same rules. */
type Read = typeof readExpression;

/**
 * Which metrics each expression stands on. What a recording rule stands on counts for all that use its result, through
 * any number of rules; rules that stand on each other in a circle end.
 */
export function followRules(
  expressions: readonly PlacedExpression[],
  names: readonly PlacedName[],
  observedAt: string,
): { uses: MetricUse[]; problems: Problem[] } {
  const rules = new Map<string, PlacedExpression[]>();
  for (const each of expressions) {
    if (each.place.kind !== 'recording-rule') continue;
    const others = rules.get(each.place.name);
    if (others === undefined) rules.set(each.place.name, [each]);
    else others.push(each);
  }
  const read = remembering(readExpression);
  const uses: MetricUse[] = [];
  const problems: Problem[] = [];
  for (const { expression, place, hasVariables } of expressions) {
    const found = read(hasVariables === true ? replaceVariables(expression) : expression);
    if (found === undefined) {
      problems.push({ place, kind: 'unreadable', problem: 'its expression is no PromQL that can be parsed' });
      continue;
    }
    if (found.hasVariableName) {
      problems.push({
        place,
        kind: 'variable-name',
        problem: "a metric's name is a variable of the dashboard",
      });
    }
    const { metrics, namePatterns, isComplete } = follow(found.metrics, found.namePatterns, rules, read);
    if (!isComplete)
      problems.push({ place, kind: 'unreadable', problem: 'it stands on too many recording rules' });
    if (metrics.length > 0 || namePatterns.length > 0) {
      uses.push({ metrics, namePatterns, place, observedAt });
    }
  }
  for (const { name, place } of names) {
    const { metrics, namePatterns } = follow([{ name, labels: [] }], [], rules, read);
    uses.push({ metrics, namePatterns, place, observedAt });
  }
  return { uses, problems };
}

interface Followed {
  metrics: UsedMetric[];
  namePatterns: string[];
  isComplete: boolean;
}

/** Level by level, so that the way that is told is the shortest one; each rule once for each set of labels. */
function follow(
  direct: readonly UsedMetric[],
  patterns: readonly string[],
  rules: Rules,
  read: Read,
): Followed {
  const metrics: UsedMetric[] = [];
  const namePatterns = new Set(patterns);
  const seen = new Set<string>();
  const open: UsedMetric[] = [...direct];
  let followed = 0;
  for (let metric = open.shift(); metric !== undefined; metric = open.shift()) {
    const key = [metric.name, ...metric.labels, '|', ...(metric.ignoredLabels ?? [])].join(' ');
    if (seen.has(key)) continue;
    seen.add(key);
    metrics.push(metric);
    for (const rule of rules.get(metric.name) ?? []) {
      followed += 1;
      if (followed > maximumFollowed) return { metrics, namePatterns: [...namePatterns], isComplete: false };
      const asked = metric.labels.filter((label) => rule.ownLabels?.includes(label) !== true);
      const inner = read(rule.expression, asked);
      for (const pattern of inner?.namePatterns ?? []) namePatterns.add(pattern);
      for (const each of inner?.metrics ?? []) {
        open.push({ ...each, through: [...(metric.through ?? []), metric.name] });
      }
    }
  }
  return { metrics, namePatterns: [...namePatterns], isComplete: true };
}

function remembering(read: Read): Read {
  const known = new Map<string, ReturnType<Read>>();
  return (expression, needed) => {
    const key = JSON.stringify([expression, needed]);
    const before = known.get(key);
    if (before !== undefined || known.has(key)) return before;
    const found = read(expression, needed);
    known.set(key, found);
    return found;
  };
}
