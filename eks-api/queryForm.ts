import { z } from 'zod';
import { EksError } from './errors.ts';

/** What a form of the query protocol says, with its lists and structures put together. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue };

interface Node {
  text?: string;
  children: Map<string, Node>;
}

/**
 * Puts a flat form together: `Actions.member.1.Type=forward` becomes `{Actions: [{Type: 'forward'}]}`, and a map's
 * `Extra.entry.1.key=a`, `Extra.entry.1.value=b` becomes `{Extra: {a: 'b'}}`.
 */
export function readForm(form: URLSearchParams): Record<string, FormValue> {
  const root: Node = { children: new Map() };
  for (const [name, text] of form) {
    let at = root;
    for (const step of name.split('.')) {
      const next = at.children.get(step) ?? { children: new Map<string, Node>() };
      at.children.set(step, next);
      at = next;
    }
    at.text = text;
  }
  return Object.fromEntries([...root.children].map(([name, node]) => [name, valueOf(node)]));
}

function valueOf({ text, children }: Node): FormValue {
  const members = children.get('member');
  if (members !== undefined) return inOrder(members).map(valueOf);
  const entries = children.get('entry');
  if (entries !== undefined) {
    return Object.fromEntries(
      inOrder(entries).map((entry) => {
        const key = entry.children.get('key')?.text ?? '';
        const value = entry.children.get('value');
        return [key, value === undefined ? '' : valueOf(value)];
      }),
    );
  }
  if (children.size === 0) return text ?? '';
  return Object.fromEntries([...children].map(([name, node]) => [name, valueOf(node)]));
}

const inOrder = ({ children }: Node): Node[] =>
  [...children].sort(([one], [other]) => Number(one) - Number(other)).map(([, node]) => node);

/** A whole number in a form. */
export const number = z
  .string()
  .regex(/^-?\d+$/, { error: 'must be a whole number' })
  .transform(Number);

/** `true` or `false` in a form. */
export const boolean = z.enum(['true', 'false']).transform((text) => text === 'true');

/** A list in a form. An empty one is written as an empty text. */
export const list = <T extends z.ZodType>(of: T) =>
  z.preprocess((value) => (value === '' ? [] : value), z.array(of));

/**
 * Reads what an operation was asked.
 *
 * @throws EksError ValidationError that names the parameter
 */
export function read<T extends z.ZodType>(schema: T, form: Record<string, FormValue>): z.infer<T> {
  const result = schema.safeParse(form);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined ? '' : z.core.toDotPath(issue.path);
  throw new EksError(
    'ValidationError',
    `Value at '${field}' failed to satisfy constraint: ${issue?.message ?? 'unknown'}`,
  );
}
