import type { MonitoringPlace } from '../../checks/monitoring/types.ts';
import { emptyContents } from '../expressionUse.ts';
import type { SourceContents } from '../expressionUse.ts';
import { fieldsOf, listOf, textOf } from '../fields.ts';

/** Names are told in findings; nobody needs more of one than this. */
const maximumName = 200;

/**
 * Reads Prometheus rule groups: those of rule files, which a PrometheusRule object has in its spec, and those of the
 * rules API, which calls some fields differently (`name` and `query` instead of `alert`, `record` and `expr`).
 *
 * @param source what a person opens to mend them
 */
export function readRuleGroups(groups: unknown, source: string): SourceContents {
  const contents = emptyContents();
  for (const group of listOf(groups).map(fieldsOf)) {
    const groupName = named(group['name'], 'without a name');
    for (const rule of listOf(group['rules']).map(fieldsOf)) {
      const type = textOf(rule['type']);
      const kind =
        rule['record'] !== undefined || type === 'recording'
          ? ('recording-rule' as const)
          : ('alert' as const);
      const name = named(rule['alert'] ?? rule['record'] ?? rule['name'], 'without a name');
      const place: MonitoringPlace = { kind, name, group: groupName, source };
      const expression = expressionOf(rule['expr'] ?? rule['query']);
      contents.count += 1;
      if (expression === undefined)
        contents.problems.push({ source, place, problem: 'it has no expression' });
      else contents.expressions.push({ expression, place, ownLabels: Object.keys(fieldsOf(rule['labels'])) });
    }
  }
  return contents;
}

/** `expr: 1` is a number in YAML, and an expression. */
function expressionOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : textOf(value);
}

function named(value: unknown, otherwise: string): string {
  return textOf(value)?.slice(0, maximumName) ?? otherwise;
}
