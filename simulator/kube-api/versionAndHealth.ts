/** What an API server says about itself: its version and whether it is well. */
import type { ApiServer } from './apiServers.ts';

/** `/version` */
export function versionInfo({ minor, gitVersion }: ApiServer): object {
  const [major = '', minorNumber = ''] = minor.split('.');
  return {
    major,
    // With a build's suffix in the git version, EKS and other builds write the minor like this.
    minor: `${minorNumber}+`,
    gitVersion,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'go1.24.0',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
}

const checks = ['ping', 'log', 'etcd', 'informer-sync', 'poststarthook/start-apiextensions-controllers'];

/**
 * The text of `/readyz`, `/livez` or `/healthz`, or of one check below them; undefined for a check that is not known.
 * A simulated API server that answers at all is well.
 */
export function healthText(
  endpoint: string,
  check: string | undefined,
  verbose: boolean,
): string | undefined {
  if (check !== undefined) return checks.includes(check) ? 'ok' : undefined;
  if (!verbose) return 'ok';
  return [...checks.map((name) => `[+]${name} ok`), `${endpoint} check passed`, ''].join('\n');
}
