/** Names of EKS's errors (and of AWS's own, and those of what stands beside EKS) with their HTTP codes. */
const codes = {
  InvalidParameterException: 400,
  InvalidRequestException: 400,
  InvalidStateException: 400,
  BadRequestException: 400,
  ClientException: 400,
  SerializationException: 400,
  ResourceLimitExceededException: 400,
  AccessDeniedException: 403,
  ExpiredTokenException: 403,
  MissingAuthenticationTokenException: 403,
  UnrecognizedClientException: 403,
  IncompleteSignatureException: 403,
  NotFoundException: 404,
  ResourceNotFoundException: 404,
  /** EC2 Auto Scaling's word for what EKS calls an invalid parameter. */
  ValidationError: 400,
  InvalidAction: 400,
  UnknownOperationException: 404,
  ResourceInUseException: 409,
  ThrottlingException: 429,
  ServerException: 500,
  ServiceUnavailableException: 503,
} as const;

export type EksErrorName = keyof typeof codes;

/** What an error is about; EKS says it beside the message. */
export interface EksErrorSubject {
  clusterName?: string;
  nodegroupName?: string;
  addonName?: string;
}

/** A refusal as EKS answers it. */
export class EksError extends Error {
  readonly code: number;
  readonly subject: EksErrorSubject;

  /**
   * @param name EKS's name of the error; its HTTP code follows from it
   * @param message as EKS words it
   */
  constructor(name: EksErrorName, message: string, subject: EksErrorSubject = {}) {
    super(message);
    this.name = name;
    this.code = codes[name];
    this.subject = subject;
  }
}

/** A parameter that EKS does not take. */
export const invalidParameter = (message: string, subject: EksErrorSubject = {}): EksError =>
  new EksError('InvalidParameterException', message, subject);

/** The error's name for an HTTP code that is injected as a fault. */
export function errorNameOf(code: number, otherwise: string): string {
  if (code === 429) return 'ThrottlingException';
  if (code === 503) return 'ServiceUnavailableException';
  return code >= 500 ? 'ServerException' : otherwise;
}
