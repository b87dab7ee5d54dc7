import { StepladderError } from '../contract/errors.ts';

/** EKS's tokens end after 15 minutes and do not say so; a new one is made well before. */
export const tokenLifetimeMs = 10 * 60_000;

/** A bearer token that is made anew before it ends. Several who ask at once share one call of the provider. */
export class BearerToken {
  readonly #provider: () => Promise<string>;
  readonly #now: () => number;
  #token: string | undefined;
  #madeAt = 0;
  #pending: Promise<string> | undefined;

  /**
   * @param provider makes a token
   * @param now monotonic milliseconds
   */
  constructor(provider: () => Promise<string>, now: () => number = () => performance.now()) {
    this.#provider = provider;
    this.#now = now;
  }

  /** Throws what the provider throws if it has one of our names, else `CredentialsRefused`. */
  async get(): Promise<string> {
    if (this.#token !== undefined && this.#now() - this.#madeAt < tokenLifetimeMs) return this.#token;
    this.#pending ??= this.#make().finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  /** Has the next one made anew, because the server refused what it had. */
  forget(): void {
    this.#token = undefined;
  }

  async #make(): Promise<string> {
    const startedAt = this.#now();
    let token: string;
    try {
      token = await this.#provider();
    } catch (error) {
      if (error instanceof StepladderError) throw error;
      throw new StepladderError(
        'CredentialsRefused',
        `Could not make a token for the Kubernetes API: ${error instanceof Error ? error.message : String(error)}. Check the worker's credentials.`,
        {},
        { cause: error },
      );
    }
    this.#token = token;
    this.#madeAt = startedAt;
    return token;
  }
}
