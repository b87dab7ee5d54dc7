import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { invalidInput } from '../../contract/request.ts';
import type { RequestProblem } from '../../contract/requestProblems.ts';
import { isDay } from './day.ts';
import type { IgnoreRule } from './types.ts';

/** More rules than anybody keeps by hand are a mistake. */
const mostRules = 1_000;

const text = (what: string) =>
  z
    .string({ error: `must be ${what}` })
    .trim()
    .min(1, { error: `must be ${what}` });

const ruleSchema = z.strictObject({
  check: text('the name of a check, such as "removed-apis"'),
  subject: text("the subject's name").optional(),
  kind: text("the subject's kind").optional(),
  namespace: text("the subject's namespace").optional(),
  reason: text('the reason, for those who read it later'),
  until: text('the last day on which it holds, such as "2027-01-31"').refine(isDay, {
    error: 'must be a day such as "2027-01-31"',
  }),
});

const fileSchema = z.strictObject({ ignore: z.array(ruleSchema).max(mostRules) });

/**
 * Reads a file of ignore rules:
 *
 *     ignore:
 *       - check: removed-apis
 *         subject: policy/v1beta1/PodDisruptionBudget
 *         reason: the team moves in May
 *         until: 2027-01-31
 *
 * @param file its name, for messages
 * @throws StepladderError `InvalidInput` naming everything that is wrong with it: a rule that is misread would ignore
 * too little or too much
 */
export function readIgnoreRules(content: string, file: string): IgnoreRule[] {
  const lines = new LineCounter();
  const document = parseDocument(content, { lineCounter: lines, schema: 'core', prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    throw invalidInput([{ path: `${file}:${line}`, message: error.message }]);
  }
  // Aliases that multiply would be turned into values here.
  const result = fileSchema.safeParse(document.toJS({ maxAliasCount: 100 }), { reportInput: true });
  if (!result.success) throw invalidInput(problems(result.error.issues, file));
  return result.data.ignore.map(({ subject, kind, namespace, ...rule }, index) => ({
    ...rule,
    ...(subject === undefined ? {} : { subject }),
    ...(kind === undefined ? {} : { kind }),
    ...(namespace === undefined ? {} : { namespace }),
    place: `${file}, rule ${index + 1}`,
  }));
}

function problems(issues: readonly z.core.$ZodIssue[], file: string): RequestProblem[] {
  return issues.flatMap((issue): RequestProblem[] => {
    const [, index, ...field] = issue.path;
    const place =
      index === undefined ? file : [`${file}, rule ${Number(index) + 1}`, ...field.map(String)].join(': ');
    if (issue.code !== 'unrecognized_keys') {
      const message = issue.path.length === 0 ? 'must hold `ignore:` and a list of rules' : issue.message;
      return [{ path: place, message }];
    }
    return issue.keys.map((key) => ({ path: place, message: `"${key}" is not a field of it` }));
  });
}
