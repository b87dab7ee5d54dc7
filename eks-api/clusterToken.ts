/** Who may come in: the tokens that `aws eks get-token` makes, and fixed ones. */

const eksTokenPrefix = 'k8s-aws-v1.';
/** EKS takes a token for 15 minutes, whatever X-Amz-Expires says. */
const tokenLifetimeMilliseconds = 15 * 60_000;
/** How far ahead the clock of the token's maker may be. */
const clockSkewMilliseconds = 5 * 60_000;

/** Why a bearer token is refused, or undefined when it is good. Times are real: the token's maker knows no other. */
export function refusalOf(
  token: string,
  known: { credentials: { accessKeyId: string }[]; staticTokens: string[] },
  now = new Date(),
): string | undefined {
  if (known.staticTokens.includes(token)) return undefined;
  if (!token.startsWith(eksTokenPrefix)) return 'it is neither an EKS token nor a known one';
  const url = urlIn(token);
  if (url === undefined) return 'it does not hold a URL';
  const query = url.searchParams;
  if (!/^sts[.-]/.test(url.hostname) || query.get('Action') !== 'GetCallerIdentity')
    return 'its URL is not one of STS GetCallerIdentity';
  const accessKeyId = accessKeyOfToken(token);
  if (!known.credentials.some((credentials) => credentials.accessKeyId === accessKeyId))
    return 'its access key is not known';
  if (!query.get('X-Amz-SignedHeaders')?.split(';').includes('x-k8s-aws-id'))
    return 'the cluster (x-k8s-aws-id) is not among its signed headers';
  if (!/^[0-9a-f]{64}$/.test(query.get('X-Amz-Signature') ?? '')) return 'it is not signed';
  const signedAt = amazonDate(query.get('X-Amz-Date'));
  if (signedAt === undefined) return 'its X-Amz-Date is missing or wrong';
  if (signedAt + tokenLifetimeMilliseconds <= now.getTime()) return 'it has expired';
  if (signedAt - clockSkewMilliseconds > now.getTime()) return 'it was signed in the future';
  return undefined;
}

/** The ID of the access key that an EKS token was made with; undefined for what is no such token. */
export function accessKeyOfToken(token: string): string | undefined {
  return urlIn(token)?.searchParams.get('X-Amz-Credential')?.split('/')[0];
}

/** The presigned URL that an EKS token holds. */
function urlIn(token: string): URL | undefined {
  try {
    return new URL(Buffer.from(token.slice(eksTokenPrefix.length), 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** `20260131T123456Z` in milliseconds. */
function amazonDate(text: string | null): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
