/** How much of what helm said is kept for people. Characters. */
const most = 600;

const replacements: [RegExp, string][] = [
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '<PEM>'],
  // What the decoder of the Kubernetes API shows around an error is a piece of the object, a Secret's data too.
  [/(error found in #\d+ byte of )[\s\S]*/g, '$1…'],
  [/(bigger context )[\s\S]*/g, '$1…'],
  // Credentials in addresses: https://user:password@host, and signed queries.
  [/(\w+:\/\/)[^\s/@"']+@/g, '$1'],
  [/(\w+:\/\/[^\s"'?]+)\?[^\s"']+/g, '$1?…'],
  [/\b(Bearer|Basic|token|password|secret)([ :=]+)["']?[^\s"',;]+/gi, '$1$2…'],
  // Tokens (JWT, EKS's) and other long runs without a space that are no path or address.
  [/\b(eyJ|k8s-aws-v1\.)[\w.+=-]+/g, '…'],
  [/(?<![\w/.-])[A-Za-z0-9+=_-]{40,}(?![\w/.-])/g, '…'],
  // A value that the API server refuses: short ones help, long ones are objects.
  [/(Invalid value: )("[^"]{60,}"|[\w.]*\{[\s\S]*?\}(?=:|$))/g, '$1…'],
  [/\/[^\s"':]*stepladder-tool-[^\s"':]*\//g, ''],
];

/**
 * What a program said last, fit to be told: without credentials, without pieces of objects, without the paths of our
 * own temporary folders, in one line of at most 600 characters.
 *
 * @param stderr all that it said
 */
export function lastWords(stderr: string): string {
  const text = stderr
    .split('\n')
    // Notes of helm that are no reason for anything.
    .filter((line) => !/^(WARNING:|Use --debug flag|level=|\s*$)/.test(line) && !/^[WI]\d{4} /.test(line))
    .join(' | ')
    .replace(/^Error: /, '');
  const clean = replacements.reduce((so, [pattern, by]) => so.replace(pattern, by), text).trim();
  return clean.length <= most ? clean : `${clean.slice(0, most)}…`;
}
