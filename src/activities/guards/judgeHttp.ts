import type { GuardResult } from '../../contract/workers.ts';
import type { Answer } from './ask.ts';

/** Whether an address answers as it must. What it answered with stands in no message. */
export function judgeHttp(
  guard: { expectStatus: number; expectText?: string | undefined },
  { status, body }: Answer,
): Omit<GuardResult, 'name'> {
  const { expectStatus, expectText } = guard;
  if (status !== expectStatus) {
    return { state: 'fails', why: `It answers ${status}, and ${expectStatus} is expected.` };
  }
  if (expectText !== undefined && !body.includes(expectText)) {
    return { state: 'fails', why: `It answers ${status}, without the expected text.` };
  }
  return {
    state: 'holds',
    why: `It answers ${status}${expectText === undefined ? '' : ' with the expected text'}.`,
  };
}
