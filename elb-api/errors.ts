/** Names of Elastic Load Balancing's errors, as its API writes them, with their HTTP codes. */
const codes = {
  InvalidConfigurationRequest: 400,
  InvalidTarget: 400,
  ListenerNotFound: 400,
  LoadBalancerNotFound: 400,
  OperationNotPermitted: 400,
  ResourceInUse: 400,
  RuleNotFound: 400,
  TargetGroupAssociationLimit: 400,
  TargetGroupNotFound: 400,
  DuplicateTargetGroupName: 400,
  ValidationError: 400,
} as const;

export type ElbErrorName = keyof typeof codes;

/** A refusal as Elastic Load Balancing answers it. */
export class ElbError extends Error {
  readonly code: number;

  /**
   * @param name the service's name of the error; its HTTP code follows from it
   * @param message as the service words it
   */
  constructor(name: ElbErrorName, message: string) {
    super(message);
    this.name = name;
    this.code = codes[name];
  }
}

/** A value that the API does not take. */
export const invalid = (message: string): ElbError => new ElbError('ValidationError', message);
