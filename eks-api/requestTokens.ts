import canonicalize from 'canonicalize';
import { invalidParameter } from './errors.ts';

/**
 * Remembers what was answered to each clientRequestToken, so that a mutation that is sent again is not applied again.
 * What was refused is not remembered: the same token may be tried again then.
 */
export class RequestTokens<T> {
  readonly #answers = new Map<string, { parameters: string; answer: T }>();

  /**
   * @param scope operation and resource; a token is known in its scope only
   * @param parameters of the request, without the token
   * @returns what was answered to the same request before, or undefined
   * @throws EksError InvalidParameterException when the token came with other parameters before
   */
  find(scope: string, token: string, parameters: unknown): T | undefined {
    const known = this.#answers.get(keyOf(scope, token));
    if (known === undefined) return undefined;
    if (known.parameters === textOf(parameters)) return known.answer;
    throw invalidParameter(
      `The clientRequestToken ${token} was already used in a request with different parameters.`,
    );
  }

  remember(scope: string, token: string, parameters: unknown, answer: T): void {
    this.#answers.set(keyOf(scope, token), { parameters: textOf(parameters), answer });
  }

  /** Forgets what was answered in a scope. */
  forget(scope: string): void {
    for (const key of [...this.#answers.keys()]) if (key.startsWith(`${scope}\n`)) this.#answers.delete(key);
  }
}

const keyOf = (scope: string, token: string): string => `${scope}\n${token}`;
const textOf = (parameters: unknown): string => canonicalize(parameters) ?? '';
