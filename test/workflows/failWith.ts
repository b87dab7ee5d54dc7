import { ApplicationFailure } from '@temporalio/common';
import { errorRetry } from '../../src/contract/errors.ts';
import type { ErrorName } from '../../src/contract/errors.ts';

/** Fails an activity as the boundary of the real ones does. */
export function failWith(type: ErrorName, message: string): never {
  throw ApplicationFailure.create({ type, message, nonRetryable: errorRetry[type] !== 'retry' });
}
