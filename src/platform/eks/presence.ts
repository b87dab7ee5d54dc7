import { StepladderError } from '../../contract/errors.ts';

/** True for the answer that there is no such thing in a cluster; a cluster that is not there is another error. */
export function isNotFound(error: unknown): boolean {
  return error instanceof StepladderError && error.details['reason'] === 'not-found';
}

/** True for the answer that there is one of that name already. EKS has one name for it and for a busy cluster. */
export function isNameTaken(error: unknown): boolean {
  return (
    error instanceof StepladderError &&
    error.type === 'UpdateInProgress' &&
    /already exists|already in use/i.test(error.message)
  );
}
