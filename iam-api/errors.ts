/** Names of IAM's errors, as its API writes them, with their HTTP codes. */
const codes = {
  InvalidInput: 400,
  MalformedPolicyDocument: 400,
  NoSuchEntity: 404,
  EntityAlreadyExists: 409,
  LimitExceeded: 409,
} as const;

export type IamErrorName = keyof typeof codes;

/** A refusal as IAM answers it. */
export class IamError extends Error {
  readonly code: number;

  /**
   * @param name IAM's name of the error; its HTTP code follows from it
   * @param message as IAM words it
   */
  constructor(name: IamErrorName, message: string) {
    super(message);
    this.name = name;
    this.code = codes[name];
  }
}
