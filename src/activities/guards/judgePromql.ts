import { z } from 'zod';
import type { GuardResult } from '../../contract/workers.ts';
import type { Answer } from '../../http/ask.ts';

/** A moment and a value, which is a text so that it can be `NaN` or `+Inf`. */
const sampleSchema = z.tuple([z.number(), z.string()]);

const errorSchema = z.object({ status: z.literal('error'), errorType: z.string() });
const answerSchema = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sampleSchema })) }),
    z.object({ resultType: z.literal('scalar'), result: sampleSchema }),
    z.object({ resultType: z.literal('matrix') }),
    z.object({ resultType: z.literal('string') }),
  ]),
  /** From stores that were only partly reached, above all. */
  warnings: z.array(z.string()).nullish(),
});

/**
 * Whether an expression holds, by Prometheus' answer to an instant query: it gives at least one sample, and none of them
 * is 0 (prometheus.io/docs/prometheus/latest/querying/api, "Instant queries").
 */
export function judgePromql({ status, body }: Answer): Omit<GuardResult, 'name'> {
  const unknown = (why: string) => ({ state: 'unknown' as const, why });
  const answer = jsonOf(body);
  const refused = errorSchema.safeParse(answer);
  // Its message repeats the query and may hold more; its type is one of a few words.
  if (refused.success) return unknown(`Prometheus refuses the query: ${wordOf(refused.data.errorType)}.`);
  if (status !== 200) return unknown(`Prometheus answers ${status}.`);
  const read = answerSchema.safeParse(answer);
  if (!read.success) return unknown('The answer is not one of Prometheus. Check the address.');
  const { data, warnings } = read.data;
  if ((warnings ?? []).length > 0) {
    return unknown('Prometheus answers with warnings, so its answer may not be whole.');
  }
  if (data.resultType === 'matrix' || data.resultType === 'string') {
    return unknown(
      `The expression gives a ${data.resultType === 'matrix' ? 'range of samples' : 'text'}, which is neither true nor false.`,
    );
  }
  const values = data.resultType === 'scalar' ? [data.result] : data.result.map(({ value }) => value);
  return judge(values.map(([, value]) => Number(value.replace('Inf', 'Infinity'))));
}

function judge(values: readonly number[]): Omit<GuardResult, 'name'> {
  if (values.length === 0) {
    return { state: 'fails', why: 'The expression gives no sample, and it must give at least one.' };
  }
  const count = `${values.length} ${values.length === 1 ? 'sample' : 'samples'}`;
  const undefinedOnes = values.filter(Number.isNaN).length;
  if (undefinedOnes > 0) return { state: 'unknown', why: `${undefinedOnes} of ${count} are no number.` };
  const wrong = values.filter((value) => value === 0).length;
  if (wrong === 0) return { state: 'holds', why: `True for ${count}.` };
  return {
    state: 'fails',
    why: `0 for ${wrong} of ${count}. (A comparison without \`bool\` gives the value that it compares, which may be 0.)`,
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function wordOf(text: string): string {
  return /^[a-z_]{1,40}$/.test(text) ? text : 'no reason given';
}
