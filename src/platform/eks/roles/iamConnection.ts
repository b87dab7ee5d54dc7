import type { IAMClient } from '@aws-sdk/client-iam';
import { callAws } from '../callAws.ts';
import { createIamClient } from '../client.ts';
import type { EksAccess, EksClientOptions } from '../client.ts';

/** Makes calls to IAM, and gives up a client whose credentials AWS has refused. */
export class IamConnection {
  readonly #access: EksAccess;
  readonly #options: Partial<EksClientOptions>;
  #client: IAMClient | undefined;

  constructor(access: EksAccess, options: Partial<EksClientOptions> = {}) {
    this.#access = access;
    this.#options = options;
  }

  /**
   * Makes one call.
   *
   * @param action the operation's name
   * @param of what it is about, for messages: `role arn:…`
   */
  async call<T>(
    action: string,
    of: string,
    signal: AbortSignal | undefined,
    send: (client: IAMClient, options: { abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return callAws(
      { service: 'iam', action, of },
      signal,
      (options) => {
        this.#client ??= createIamClient(this.#access, this.#options);
        return send(this.#client, options);
      },
      () => {
        this.#client = undefined;
      },
    );
  }
}
