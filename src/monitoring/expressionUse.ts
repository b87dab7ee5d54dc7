import type { MonitoringPlace } from '../checks/monitoring/types.ts';

/** An expression where it stands, before recording rules are followed. */
export interface PlacedExpression {
  expression: string;
  place: MonitoringPlace;
  /** True in a dashboard, whose variables have to be replaced first. */
  hasVariables?: boolean;
  /** With a recording rule: labels that the rule itself sets. */
  ownLabels?: readonly string[];
}

/** A metric that is named without an expression, as autoscalers do. */
export interface PlacedName {
  name: string;
  place: MonitoringPlace;
}

/** What a source holds. */
export interface SourceContents {
  /** Rules, panels and autoscalers that were found, those without a metric included. */
  count: number;
  expressions: PlacedExpression[];
  names: PlacedName[];
  /** What could not be read; `source` where that is a part of what was asked, such as one file of a folder. */
  problems: { source: string; place?: MonitoringPlace; problem: string }[];
}

export function emptyContents(): SourceContents {
  return { count: 0, expressions: [], names: [], problems: [] };
}

/** Adds what one part of a source holds to the rest. */
export function addContents(to: SourceContents, more: SourceContents): void {
  to.count += more.count;
  for (const each of more.expressions) to.expressions.push(each);
  for (const each of more.names) to.names.push(each);
  for (const each of more.problems) to.problems.push(each);
}
