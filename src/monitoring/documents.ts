import { emptyContents, addContents } from './expressionUse.ts';
import type { SourceContents } from './expressionUse.ts';
import { fieldsOf, listOf, textOf } from './fields.ts';
import { readDashboard } from './grafana/dashboard.ts';
import { readRuleGroups } from './rules/ruleGroups.ts';
import { parseDocuments } from './parseDocuments.ts';

/** What a file, or a ConfigMap, is looked at for. */
export type Wanted = 'rules' | 'dashboards';

/** Lists in lists, and ConfigMaps in them: nobody nests deeper. */
const maximumDepth = 4;

/**
 * Reads the text of a file: YAML or JSON, one document or several. Documents that hold nothing of what is wanted are
 * passed over; what can't be parsed is told.
 *
 * @param source what a person opens to mend it
 */
export function readText(text: string, wanted: Wanted, source: string): SourceContents {
  const contents = emptyContents();
  const { documents, problem } = parseDocuments(text);
  for (const document of documents) addContents(contents, readDocument(document, wanted, source, 0));
  if (problem !== undefined) contents.problems.push({ source, problem });
  return contents;
}

/** Reads one document: a rule file, a dashboard, or a Kubernetes object that holds either. */
export function readDocument(
  document: unknown,
  wanted: Wanted,
  source: string,
  depth: number,
): SourceContents {
  const fields = fieldsOf(document);
  const kind = textOf(fields['kind']);
  const contents = emptyContents();
  if (depth > maximumDepth) {
    contents.problems.push({ source, problem: 'its lists are nested too deep' });
    return contents;
  }
  if (kind !== undefined && Array.isArray(fields['items'])) {
    for (const item of listOf(fields['items'])) {
      addContents(contents, readDocument(item, wanted, source, depth + 1));
    }
    return contents;
  }
  if (kind === 'ConfigMap') return readConfigMap(document, wanted, source);
  if (wanted === 'dashboards') return readDashboard(document, source) ?? contents;
  if (kind === 'PrometheusRule') return readRuleGroups(fieldsOf(fields['spec'])['groups'], source);
  if (kind === undefined && Array.isArray(fields['groups'])) return readRuleGroups(fields['groups'], source);
  return contents;
}

/** Reads the files in a ConfigMap. Those that are of another sort are passed over. */
export function readConfigMap(configMap: unknown, wanted: Wanted, source: string): SourceContents {
  const contents = emptyContents();
  for (const [key, value] of Object.entries(fieldsOf(fieldsOf(configMap)['data']))) {
    const text = textOf(value);
    if (text === undefined || !mayHold(key, text, wanted)) continue;
    const place = `${source}, ${key}`;
    const { documents, problem } = parseDocuments(text);
    for (const document of documents) {
      // A ConfigMap in a ConfigMap is nobody's monitoring.
      if (fieldsOf(document)['kind'] !== 'ConfigMap') {
        addContents(contents, readDocument(document, wanted, place, maximumDepth));
      }
    }
    if (problem !== undefined) contents.problems.push({ source: place, problem });
  }
  return contents;
}

/** Whether a ConfigMap's entry is worth parsing: most hold scripts and settings that are no YAML at all. */
function mayHold(key: string, text: string, wanted: Wanted): boolean {
  return wanted === 'dashboards'
    ? key.endsWith('.json')
    : /\.(?:ya?ml|rules|json)$/.test(key) && text.includes('groups');
}
