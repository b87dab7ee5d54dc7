import type { CrdChange } from '../../../contract/tools.ts';
import { canonical, isObject, listAt, objectAt, sameJson, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { between, changeAt } from './change.ts';
import { classifySchema } from './classifySchema.ts';

/** How the versions of a CRD differ, matched by their names. */
export function classifyVersions(liveSpec: Json, nextSpec: Json): CrdChange[] {
  const live = byName(listAt(liveSpec, 'versions'));
  const next = byName(listAt(nextSpec, 'versions'));
  const changes: CrdChange[] = [];
  for (const [name, version] of live) {
    const path = `spec.versions[${name}]`;
    const other = next.get(name);
    if (other !== undefined) changes.push(...versionChanges(path, version, other));
    else changes.push(changeAt(path, 'breaking', 'the version is gone'));
  }
  for (const name of next.keys()) {
    if (!live.has(name)) changes.push(changeAt(`spec.versions[${name}]`, 'additive', 'a new version'));
  }
  return [...changes, ...storageChanges(live, next)];
}

/** Told once, at the version that objects are written in from then on. */
function storageChanges(live: ReadonlyMap<string, Json>, next: ReadonlyMap<string, Json>): CrdChange[] {
  const before = storedIn(live);
  const now = storedIn(next);
  if (before === now) return [];
  return [
    changeAt(
      `spec.versions[${now}].storage`,
      'breaking',
      `objects are stored in ${now} from then on, in ${before} before`,
    ),
  ];
}

function storedIn(versions: ReadonlyMap<string, Json>): string {
  return [...versions].find(([, version]) => version['storage'] === true)?.[0] ?? 'none';
}

const schemaKey = 'openAPIV3Schema';

function versionChanges(path: string, live: Json, next: Json): CrdChange[] {
  const changes: CrdChange[] = [];
  for (const key of new Set([...Object.keys(live), ...Object.keys(next)])) {
    if (key === 'name' || key === 'storage' || sameJson(live[key], next[key])) continue;
    const at = `${path}.${key}`;
    switch (key) {
      case 'served':
        changes.push(
          next[key] === true
            ? changeAt(at, 'additive', 'the version is served')
            : changeAt(at, 'breaking', 'the version is no longer served'),
        );
        break;
      case 'deprecated':
      case 'deprecationWarning':
        changes.push(changeAt(at, 'additive', 'clients are warned otherwise than before'));
        break;
      case 'schema': {
        changes.push(...classifySchema(at, objectAt(live[key], schemaKey), objectAt(next[key], schemaKey)));
        break;
      }
      case 'subresources':
        changes.push(...subresourceChanges(at, objectAt(live, key), objectAt(next, key)));
        break;
      case 'additionalPrinterColumns':
        changes.push(...columnChanges(at, listAt(live, key), listAt(next, key)));
        break;
      case 'selectableFields':
        changes.push(...selectableChanges(at, listAt(live, key), listAt(next, key)));
        break;
      default:
        changes.push(changeAt(at, 'breaking', 'differs, and what it means is not known here'));
    }
  }
  return changes;
}

/**
 * With the status subresource, writes of the object leave its status as it is, and without it they do not: clients of
 * either kind no longer do what they did. Scale is but one more way in.
 */
function subresourceChanges(path: string, live: Json, next: Json): CrdChange[] {
  const changes: CrdChange[] = [];
  for (const key of new Set([...Object.keys(live), ...Object.keys(next)])) {
    if (sameJson(live[key], next[key])) continue;
    const at = `${path}.${key}`;
    if (live[key] === undefined && key === 'scale')
      changes.push(changeAt(at, 'additive', 'it can be scaled'));
    else if (live[key] === undefined) {
      changes.push(changeAt(at, 'breaking', 'writes of the object no longer write it'));
    } else if (next[key] === undefined) changes.push(changeAt(at, 'breaking', 'the subresource is gone'));
    else changes.push(changeAt(at, 'breaking', 'it reads or writes other fields than before'));
  }
  return changes;
}

/** What `kubectl get` shows. No object and no client but a script that reads its columns is concerned. */
function columnChanges(path: string, live: readonly unknown[], next: readonly unknown[]): CrdChange[] {
  const before = byName(live);
  const now = byName(next);
  const changes: CrdChange[] = [];
  for (const [name, column] of before) {
    const at = `${path}[${name}]`;
    const other = now.get(name);
    if (other === undefined) changes.push(changeAt(at, 'additive', 'the column is no longer shown'));
    else if (!sameJson(withoutDescription(column), withoutDescription(other))) {
      changes.push(changeAt(at, 'additive', 'the column shows something else, or otherwise'));
    } else if (!sameJson(column, other)) {
      changes.push(changeAt(`${at}.description`, 'documentation', 'worded otherwise'));
    }
  }
  for (const name of now.keys()) {
    if (!before.has(name)) changes.push(changeAt(`${path}[${name}]`, 'additive', 'a new column'));
  }
  return changes.length > 0 ? changes : [changeAt(path, 'additive', 'the columns are in another order')];
}

function withoutDescription({ description: _description, ...column }: Json): Json {
  return column;
}

function selectableChanges(path: string, live: readonly unknown[], next: readonly unknown[]): CrdChange[] {
  const fieldsOf = (list: readonly unknown[]) => list.map((field) => textAt(field, 'jsonPath'));
  const { gone, fresh } = between(fieldsOf(live), fieldsOf(next));
  const changes = [
    ...gone.map((field) => changeAt(path, 'breaking', `${field} can no longer be selected by`)),
    ...fresh.map((field) => changeAt(path, 'additive', `${field} can be selected by`)),
  ];
  return changes.length > 0 ? changes : [changeAt(path, 'documentation', 'in another order')];
}

function byName(list: readonly unknown[]): Map<string, Json> {
  // One without a name is its own content's, so that two of them are still told apart.
  return new Map(list.filter(isObject).map((each) => [textAt(each, 'name') || canonical(each), each]));
}
