import { meets } from '../cluster/selectors.ts';
import type { StoredObject } from '../cluster/types.ts';
import { badRequest } from './status.ts';

export interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values: string[];
}

const keyPattern = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const setBased = new RegExp(`^(${keyPattern})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const equality = new RegExp(`^(${keyPattern})\\s*(==|=|!=)\\s*([^\\s=!]*)$`);
const comparison = new RegExp(`^(${keyPattern})\\s*([<>])\\s*(-?\\d+)$`);
const existence = new RegExp(`^(!?)\\s*(${keyPattern})$`);

/**
 * Reads a label selector as list requests carry it: `app=web,tier!=db,env in (a,b),!legacy`. Throws StatusError 400
 * when it can't be read.
 */
export function parseLabelSelector(text: string): Requirement[] {
  return splitTopLevel(text).map((term) => parseRequirement(term, text));
}

/** Whether an object's labels meet every requirement. */
export function labelsMeet(requirements: Requirement[], { metadata: { labels } }: StoredObject): boolean {
  return requirements.every((requirement) => meets(requirement, labels));
}

/** A selector object (matchLabels, matchExpressions) as text, as a Scale shows it. */
export function formatLabelSelector(selector: {
  matchLabels?: Record<string, string> | undefined;
  matchExpressions?: { key: string; operator: string; values?: string[] | undefined }[] | undefined;
}): string {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${[...values].sort().join(',')})`;
  });
  return [...equalities, ...expressions].sort().join(',');
}

function parseRequirement(term: string, whole: string): Requirement {
  const [, key, operator, list] = setBased.exec(term) ?? [];
  if (key !== undefined && list !== undefined)
    return checked(
      {
        key,
        operator: operator === 'in' ? 'In' : 'NotIn',
        values: list.split(',').map((value) => value.trim()),
      },
      whole,
    );
  const [, equalKey, sign, value] = equality.exec(term) ?? [];
  if (equalKey !== undefined && value !== undefined)
    return checked({ key: equalKey, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] }, whole);
  const [, comparedKey, order, bound] = comparison.exec(term) ?? [];
  if (comparedKey !== undefined && bound !== undefined)
    return { key: comparedKey, operator: order === '>' ? 'Gt' : 'Lt', values: [bound] };
  const [, negation, presentKey] = existence.exec(term) ?? [];
  if (presentKey !== undefined)
    return { key: presentKey, operator: negation === '!' ? 'DoesNotExist' : 'Exists', values: [] };
  throw badRequest(`unable to parse the label selector "${whole}": "${term}" is not a requirement`);
}

function checked(requirement: Requirement, whole: string): Requirement {
  const wrong = requirement.values.find((value) => !valuePattern.test(value));
  if (wrong === undefined) return requirement;
  throw badRequest(`unable to parse the label selector "${whole}": "${wrong}" is not a label value`);
}

/** Splits at the commas that are not inside parentheses. */
function splitTopLevel(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^(]*\))/).map((term) => term.trim());
}
