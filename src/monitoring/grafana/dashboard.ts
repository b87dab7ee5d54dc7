import type { MonitoringPlace } from '../../checks/monitoring/types.ts';
import { emptyContents } from '../expressionUse.ts';
import type { SourceContents } from '../expressionUse.ts';
import { fieldsOf, listOf, textOf } from '../fields.ts';
import type { Fields } from '../fields.ts';

/** Rows hold panels, and nothing holds more levels than this. */
const maximumDepth = 8;
const maximumName = 200;

/**
 * Reads the expressions of a Grafana dashboard: those of its panels (in rows, nested, from the library), of its
 * variables and of its annotations. What is asked of a data source that says to be something other than Prometheus is
 * left out.
 *
 * @param value a dashboard, bare or as `{dashboard: …}`, or a library panel
 * @returns undefined when it is no dashboard
 */
export function readDashboard(value: unknown, source: string): SourceContents | undefined {
  const outer = fieldsOf(value);
  const dashboard = outer['dashboard'] === undefined ? outer : fieldsOf(outer['dashboard']);
  const model = fieldsOf(dashboard['model']);
  const isLibraryPanel = dashboard['kind'] === 1 && Object.keys(model).length > 0;
  if (!isLibraryPanel && !isDashboard(dashboard)) return undefined;
  const title = textOf(dashboard['title']) ?? textOf(dashboard['name']) ?? 'without a title';
  const reader = new DashboardReader(title.slice(0, maximumName), source);
  if (isLibraryPanel) reader.panel(model, 0);
  else reader.dashboard(dashboard);
  return reader.contents;
}

function isDashboard(value: Fields): boolean {
  const holds = Array.isArray(value['panels']) || Array.isArray(value['rows']);
  return holds || Object.keys(fieldsOf(value['elements'])).length > 0;
}

class DashboardReader {
  readonly contents: SourceContents = emptyContents();
  readonly #title: string;
  readonly #source: string;

  constructor(title: string, source: string) {
    this.#title = title;
    this.#source = source;
  }

  dashboard(dashboard: Fields): void {
    for (const panel of listOf(dashboard['panels'])) this.panel(fieldsOf(panel), 0);
    // Before Grafana 5 panels stood in rows.
    for (const row of listOf(dashboard['rows'])) this.panel(fieldsOf(row), 0);
    for (const element of Object.values(fieldsOf(dashboard['elements']))) this.#element(fieldsOf(element));
    for (const variable of listOf(fieldsOf(dashboard['templating'])['list'])) {
      this.#variable(fieldsOf(variable));
    }
    for (const annotation of listOf(fieldsOf(dashboard['annotations'])['list'])) {
      const fields = fieldsOf(annotation);
      this.#target(fields, `annotation ${textOf(fields['name']) ?? 'without a name'}`, undefined);
    }
  }

  panel(panel: Fields, depth: number): void {
    const title = this.#panelTitle(panel);
    const nested = listOf(panel['panels']);
    if (depth >= maximumDepth && nested.length > 0) {
      this.contents.problems.push({
        source: this.#source,
        place: this.#place(title),
        problem: 'its panels are nested too deep',
      });
    } else for (const inner of nested) this.panel(fieldsOf(inner), depth + 1);
    const targets = listOf(panel['targets']);
    if (nested.length === 0) this.contents.count += 1;
    for (const target of targets) this.#target(fieldsOf(target), title, panel['datasource']);
    const library = fieldsOf(panel['libraryPanel']);
    if (Object.keys(library).length > 0 && targets.length === 0) {
      this.contents.problems.push({
        source: this.#source,
        place: this.#place(title),
        problem: `it is the library's panel "${textOf(library['name']) ?? ''}", which is not in the dashboard: give that as a file, too`,
      });
    }
  }

  /** A panel of the schema that Grafana 12 brought (`v2`). */
  #element(element: Fields): void {
    const spec = fieldsOf(element['spec']);
    const title = this.#panelTitle(spec);
    this.contents.count += 1;
    const queries = listOf(fieldsOf(fieldsOf(spec['data'])['spec'])['queries']);
    for (const each of queries) {
      const query = fieldsOf(fieldsOf(fieldsOf(each)['spec'])['query']);
      // `kind` was the data source's type, then `DataQuery` with the type in `group`.
      const type = textOf(query['group']) ?? textOf(query['kind']);
      this.#target(fieldsOf(query['spec']), title, type === undefined ? undefined : { type });
    }
  }

  /** `expr` of a panel's question, or of an annotation. */
  #target(target: Fields, panel: string, datasource: unknown): void {
    const expression = textOf(target['expr']);
    if (expression === undefined || isOther(target['datasource'] ?? datasource)) return;
    this.contents.expressions.push({ expression, place: this.#place(panel), hasVariables: true });
  }

  /** `label_values(metric, label)`, `query_result(expression)` or an expression; anything else names no metric. */
  #variable(variable: Fields): void {
    if (variable['type'] !== undefined && variable['type'] !== 'query') return;
    if (isOther(variable['datasource'])) return;
    const query = textOf(variable['query']) ?? textOf(fieldsOf(variable['query'])['query']);
    const expression = query === undefined ? undefined : expressionOfVariable(query);
    if (expression === undefined) return;
    const name = textOf(variable['name'])?.slice(0, maximumName) ?? 'without a name';
    this.contents.expressions.push({
      expression,
      place: this.#place(`variable ${name}`),
      hasVariables: true,
    });
  }

  #panelTitle(panel: Fields): string {
    const title = textOf(panel['title'])?.trim().slice(0, maximumName);
    if (title !== undefined && title !== '') return title;
    const { id } = panel;
    return typeof id === 'number' || typeof id === 'string' ? `panel ${id}` : 'without a title';
  }

  #place(panel: string): MonitoringPlace {
    return { kind: 'panel', dashboard: this.#title, panel, source: this.#source };
  }
}

/** True for a data source that says its type, and is no Prometheus; a name alone tells nothing. */
function isOther(datasource: unknown): boolean {
  const type = textOf(fieldsOf(datasource)['type']);
  return type !== undefined && !/prometheus/i.test(type) && !/^(?:mixed|datasource)$/i.test(type);
}

/** The expression in a variable's question; undefined when it asks for label names or values without a metric. */
function expressionOfVariable(query: string): string | undefined {
  const call = /^\s*(label_values|query_result|metrics|label_names)\s*\(([\s\S]*)\)\s*$/.exec(query);
  if (call === null) return undefined;
  const [, called, inner = ''] = call;
  if (called === 'query_result') return inner;
  if (called !== 'label_values') return undefined;
  const comma = inner.lastIndexOf(',');
  return comma === -1 ? undefined : inner.slice(0, comma);
}
