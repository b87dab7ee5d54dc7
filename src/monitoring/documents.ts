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
 * Reads the text of a file: YAML or JSON, one document or several. What holds nothing of what is wanted is
 * passed over; what can't be parsed is told.
 *
 * @param source what a person opens to mend it
 */
export function readText(text: string, wanted: Wanted, source: string): SourceContents {
  const contents = emptyContents();
  if (!mayHold(text, wanted)) return contents;
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
    // Most hold scripts and settings that are no YAML at all.
    if (text === undefined || !fileNames[wanted].test(key) || !mayHold(text, wanted)) continue;
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

const fileNames: Readonly<Record<Wanted, RegExp>> = {
  rules: /\.(?:ya?ml|rules?|json)$/,
  dashboards: /\.json$/,
};

/** Fields of which one stands in every rule file and in every dashboard, in JSON, in YAML, or in text within YAML. */
const fieldNames: Readonly<Record<Wanted, RegExp>> = {
  rules: /\bgroups\\?["']?\s*:/,
  dashboards: /\b(?:panels|rows|elements|model)\\?["']?\s*:/,
};

/** Whether a text is worth parsing: that takes long, and folders are full of other things. */
function mayHold(text: string, wanted: Wanted): boolean {
  // A name that is written with escapes has to be parsed to be seen.
  return fieldNames[wanted].test(text) || /\\[xuU][0-9A-Fa-f]/.test(text);
}
