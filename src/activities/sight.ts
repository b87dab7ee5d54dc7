import { StepladderError } from '../contract/errors.ts';
import type { Observation, ObservedPart } from '../plan/observation.ts';

/** Keeps account of what could not be seen and is not needed for a plan as such: each becomes an unknown (rule 11). */
export class Sight {
  readonly unseen: Observation['unseen'] = [];

  /** Looks at a part that an observation may lack; what comes out is spread into it. */
  async part<Part extends ObservedPart>(
    part: Part,
    what: string,
    source: string,
    look: () => Promise<NonNullable<Observation[Part]>>,
  ): Promise<{ [Key in Part]?: NonNullable<Observation[Part]> }> {
    try {
      return { [part]: await look() } as { [Key in Part]: NonNullable<Observation[Part]> };
    } catch (error) {
      this.unseen.push({ what, why: whyUnseen(error), source, part });
      return {};
    }
  }

  async optional<T>(what: string, source: string, otherwise: T, look: () => Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (error) {
      this.unseen.push({ what, why: whyUnseen(error), source });
      return otherwise;
    }
  }
}

/** The reason without its full stop. Throws the error again when it is one that must not be passed over. */
function whyUnseen(error: unknown): string {
  if (!(error instanceof StepladderError) || !isOptional(error)) throw error;
  return error.message.replace(/[.\s]+$/, '');
}

/**
 * What is not allowed or not offered there stays so, and an API that fails again and again on one question shall not
 * stop all others. Credentials that are refused, a line that is down and throttling concern everything: they are thrown.
 */
function isOptional({ type, details }: StepladderError): boolean {
  if (type === 'CredentialsRefused') return details['reason'] === 'denied' || details['code'] === 403;
  return type === 'PlatformRefused' || type === 'ServerError' || type === 'InternalError';
}
