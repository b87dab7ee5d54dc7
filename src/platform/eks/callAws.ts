import { StepladderError } from '../../contract/errors.ts';
import { classifyEksError, serviceNames } from './errors.ts';
import type { EksCall } from './errors.ts';

/** A single call with all its tries may take this long; activities that make one have 25 seconds. */
const callDeadlineMs = 16_000;

/**
 * Makes one call to AWS within a time limit, and says what went wrong in our own words.
 *
 * @param onRefused told when AWS refuses the credentials, so that the next call can start from others
 * @throws the signal's reason when it is aborted; else a StepladderError for every trouble that is known
 */
export async function callAws<T>(
  call: EksCall,
  signal: AbortSignal | undefined,
  send: (options: { abortSignal: AbortSignal }) => Promise<T>,
  onRefused: () => void,
): Promise<T> {
  const { service = 'eks', action, cluster, of = '' } = call;
  const deadline = AbortSignal.timeout(callDeadlineMs);
  try {
    return await send({
      abortSignal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (deadline.aborted) {
      const subject = cluster === undefined ? of : `cluster ${cluster}`;
      throw new StepladderError(
        'Unreachable',
        `The ${serviceNames[service]} API did not answer ${action} of ${subject} within ${callDeadlineMs / 1000} s. Check the worker's network and proxy, and whether AWS has trouble in that region.`,
        { action: `${service}:${action}` },
      );
    }
    const known = classifyEksError(error, call);
    if (known instanceof StepladderError && known.type === 'CredentialsRefused') onRefused();
    throw known;
  }
}
