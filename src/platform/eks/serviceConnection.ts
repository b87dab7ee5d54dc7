import { callAws } from './callAws.ts';

type Service = NonNullable<Parameters<typeof callAws>[0]['service']>;

export type CallOptions = { abortSignal: AbortSignal };

/** Makes calls to one service of AWS, and gives up a client whose credentials AWS has refused. */
export class ServiceConnection<Client> {
  readonly #service: Service;
  readonly #create: () => Client;
  #client: Client | undefined;

  /**
   * @param service its name in IAM's actions, `elasticloadbalancing`
   * @param create makes a client, which reads credentials anew
   */
  constructor(service: Service, create: () => Client) {
    this.#service = service;
    this.#create = create;
  }

  /**
   * Makes one call.
   *
   * @param action the operation's name
   * @param of what it is about, for messages: `listener rule arn:…`
   */
  async call<T>(
    action: string,
    of: string,
    signal: AbortSignal | undefined,
    send: (client: Client, options: CallOptions) => Promise<T>,
  ): Promise<T> {
    return callAws(
      { service: this.#service, action, of },
      signal,
      (options) => {
        this.#client ??= this.#create();
        return send(this.#client, options);
      },
      () => {
        this.#client = undefined;
      },
    );
  }
}
