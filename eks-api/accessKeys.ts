import { EksError } from './errors.ts';

/** Credentials that this API knows. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
  /** Has to come with the request where there is one: credentials of an assumed role. */
  sessionToken?: string;
  /** By the real clock. */
  expiresAt?: Date;
  /** Whose they are, `arn:aws:iam::111122223333:user/stepladder`. */
  principalArn: string;
}

/** Who calls, and for which region. */
export interface Caller {
  key: AccessKey;
  region: string | undefined;
}

/** The access keys that are accepted. Signatures themselves are not computed: a known key is enough here. */
export class AccessKeys {
  readonly #keys = new Map<string, AccessKey>();

  constructor(keys: readonly AccessKey[]) {
    for (const key of keys) this.add(key);
  }

  add(key: AccessKey): void {
    this.#keys.set(key.accessKeyId, key);
  }

  find(accessKeyId: string): AccessKey | undefined {
    return this.#keys.get(accessKeyId);
  }

  /** Those whose time is not over. */
  current(): AccessKey[] {
    return [...this.#keys.values()].filter((key) => !isOver(key));
  }

  /**
   * Reads the SigV4 header of a request.
   *
   * @throws EksError as AWS refuses: MissingAuthenticationTokenException, IncompleteSignatureException,
   * UnrecognizedClientException, ExpiredTokenException
   */
  authenticate(headers: { authorization?: string | undefined; sessionToken?: string | undefined }): Caller {
    const { authorization } = headers;
    if (authorization === undefined || authorization === '') {
      throw new EksError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    const scope =
      /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request,.*Signature=/.exec(
        authorization,
      );
    if (scope === null) {
      throw new EksError(
        'IncompleteSignatureException',
        'Authorization header requires AWS4-HMAC-SHA256 with Credential, SignedHeaders and Signature.',
      );
    }
    const key = this.find(scope[1] ?? '');
    if (key === undefined || (key.sessionToken !== undefined && key.sessionToken !== headers.sessionToken)) {
      throw new EksError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    if (isOver(key)) throw expiredToken();
    return { key, region: scope[3] };
  }
}

const isOver = ({ expiresAt }: AccessKey): boolean =>
  expiresAt !== undefined && expiresAt.getTime() <= Date.now();

/** What AWS says of credentials whose time is over. */
export const expiredToken = (): EksError =>
  new EksError('ExpiredTokenException', 'The security token included in the request is expired');
