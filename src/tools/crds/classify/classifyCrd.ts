import type { CrdChange } from '../../../contract/tools.ts';
import { canonical, listAt, objectAt, sameJson } from '../json.ts';
import type { Json } from '../json.ts';
import { withoutServerFields } from '../serverFields.ts';
import { between, changeAt, presence } from './change.ts';
import { classifyVersions } from './classifyVersions.ts';

/**
 * How a CRD differs from the one in the cluster: each difference with its path and what it does to those that use it.
 * Documentation: only what people read. Additive: whatever was accepted still is, and means the same. Breaking: all
 * else, and all that is not known here (Kubernetes' API conventions, "Changing the API").
 *
 * @param live as the API server gives it
 * @param next as it would be: the API server's answer to a dry run, so that defaults stand in both
 */
export function classifyCrd(live: Json, next: Json): CrdChange[] {
  const before = withoutServerFields(live);
  const now = withoutServerFields(next);
  return [
    ...metadataChanges(objectAt(before, 'metadata'), objectAt(now, 'metadata')),
    ...specChanges(objectAt(before, 'spec'), objectAt(now, 'spec')),
  ];
}

/** Labels and annotations tell who made a CRD and with what; nothing that uses it reads them. */
function metadataChanges(before: Json, now: Json): CrdChange[] {
  const changes: CrdChange[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (sameJson(before[key], now[key])) continue;
    if (key === 'labels' || key === 'annotations') {
      changes.push(...namedChanges(`metadata.${key}`, objectAt(before, key), objectAt(now, key)));
    } else changes.push(changeAt(`metadata.${key}`, 'breaking', 'differs'));
  }
  return changes;
}

function namedChanges(path: string, before: Json, now: Json): CrdChange[] {
  const words = { same: '', added: 'new', removed: 'gone', both: 'another value' };
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => !sameJson(before[name], now[name]))
    .map((name) => changeAt(`${path}[${name}]`, 'documentation', words[presence(before[name], now[name])]));
}

function specChanges(before: Json, now: Json): CrdChange[] {
  const changes: CrdChange[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (sameJson(before[key], now[key])) continue;
    switch (key) {
      case 'versions':
        changes.push(...classifyVersions(before, now));
        break;
      case 'names':
        changes.push(...nameChanges(objectAt(before, key), objectAt(now, key)));
        break;
      case 'conversion':
        changes.push(...conversionChanges(objectAt(before, key), objectAt(now, key)));
        break;
      case 'preserveUnknownFields':
        // The API server leaves out a false one, so it may stand in one of the two alone.
        if ((before[key] ?? false) === (now[key] ?? false)) break;
        changes.push(changeAt(`spec.${key}`, 'breaking', 'unknown fields are kept or dropped otherwise'));
        break;
      default:
        // Group and scope cannot change in an API that is in use, and what is new here is not known.
        changes.push(changeAt(`spec.${key}`, 'breaking', 'another one than before'));
    }
  }
  return changes;
}

/** More names for the same thing are additive; every other change makes somebody's command or client fail. */
function nameChanges(before: Json, now: Json): CrdChange[] {
  const changes: CrdChange[] = [];
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (sameJson(before[key], now[key])) continue;
    const path = `spec.names.${key}`;
    if (key !== 'shortNames' && key !== 'categories') {
      changes.push(changeAt(path, 'breaking', `${text(now[key])} now, ${text(before[key])} before`));
      continue;
    }
    const { gone, fresh } = between(listAt(before, key), listAt(now, key));
    changes.push(
      ...gone.map((name) => changeAt(path, 'breaking', `${name} is gone`)),
      ...fresh.map((name) => changeAt(path, 'additive', `${name} is new`)),
      ...(gone.length + fresh.length === 0 ? [changeAt(path, 'documentation', 'in another order')] : []),
    );
  }
  return changes;
}

function conversionChanges(before: Json, now: Json): CrdChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => !sameJson(before[key], now[key]))
    .map((key) =>
      changeAt(
        `spec.conversion.${key}`,
        'breaking',
        key === 'strategy'
          ? `${text(now[key])} now, ${text(before[key])} before`
          : 'versions are converted otherwise than before',
      ),
    );
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : typeof value === 'string' ? value : canonical(value);
}
