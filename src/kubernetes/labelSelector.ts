import { StepladderError } from '../contract/errors.ts';
import type { LabelRequirement } from '../plan/labelSelector.ts';

const key = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const setBased = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const equality = new RegExp(`^(${key})\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)$`);
const existence = new RegExp(`^(!?)\\s*(${key})$`);

/**
 * Reads a selector as kubectl takes it: `app=web,tier!=db,env in (a,b),!legacy`. An empty one selects everything.
 *
 * @throws StepladderError `InvalidInput` that names the part that can't be read
 */
export function parseSelector(text: string): LabelRequirement[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^(]*\))/).map((part) => parseRequirement(part.trim(), text));
}

function parseRequirement(part: string, whole: string): LabelRequirement {
  const [, setKey, word, list] = setBased.exec(part) ?? [];
  if (setKey !== undefined && list !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    return { key: setKey, operator: word === 'in' ? 'In' : 'NotIn', values };
  }
  const [, equalKey, sign, value] = equality.exec(part) ?? [];
  if (equalKey !== undefined && value !== undefined)
    return { key: equalKey, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] };
  const [, negation, presentKey] = existence.exec(part) ?? [];
  if (presentKey !== undefined)
    return { key: presentKey, operator: negation === '!' ? 'DoesNotExist' : 'Exists', values: [] };
  throw new StepladderError(
    'InvalidInput',
    `The Pod selector "${whole}" can't be read: "${part}" is not a requirement. Write it as for kubectl: "app=web,tier!=db,env in (a,b),!legacy".`,
  );
}
