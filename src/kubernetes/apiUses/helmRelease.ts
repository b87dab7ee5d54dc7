import { gunzip } from 'node:zlib';
import { promisify } from 'node:util';

/**
 * A release is at most 1 MB as Kubernetes stores it. What it unpacks to is bounded, so that one that was made to
 * fill the memory is told as a problem. Bytes.
 */
export const largestRelease = 64 * 1024 * 1024;

export interface HelmRelease {
  name: string;
  /** `ingress-nginx-4.12.0`. */
  chart: string;
  /** What it has installed, hooks included: YAML with many documents. */
  manifest: string;
  /** What Helm says of this revision; what a release of an old Helm does not say is empty. */
  state: {
    chartName: string;
    chartVersion: string;
    appVersion?: string;
    /** `deployed`, `superseded`, `failed`, `pending-upgrade`, `uninstalled` … */
    status: string;
    /** Helm's own word on it, `Upgrade complete`. */
    description: string;
    /** RFC 3339, in the zone of whoever ran Helm. */
    lastDeployed: string;
  };
}

/** Why a release can't be read, as one sentence without its end. */
export class UnreadableRelease extends Error {
  override readonly name = 'UnreadableRelease';
}

const unpack = promisify(gunzip);

/**
 * Reads a release as Helm stores it: JSON, gzipped, in base64. (Helm before 3 left it ungzipped, and still reads that.)
 *
 * @param stored the value of the key `release`, decoded once when it comes from a Secret
 * @throws UnreadableRelease
 */
export async function readHelmRelease(stored: string, limit = largestRelease): Promise<HelmRelease> {
  const packed = Buffer.from(stored, 'base64');
  const text = await unpacked(packed, limit);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableRelease('what it holds is no gzipped JSON, as Helm writes releases');
  }
  const manifest = textAt(value, 'manifest');
  if (manifest === undefined) throw new UnreadableRelease('it holds no manifest, as releases of Helm do');
  const metadata = at(at(value, 'chart'), 'metadata');
  const chart = [textAt(metadata, 'name'), textAt(metadata, 'version')];
  const appVersion = textAt(metadata, 'appVersion');
  return {
    name: textAt(value, 'name') ?? '',
    chart: chart.filter((part) => part !== undefined).join('-') || 'unknown',
    manifest: [manifest, ...hooksOf(value)].join('\n---\n'),
    state: {
      chartName: textAt(metadata, 'name') ?? '',
      chartVersion: textAt(metadata, 'version') ?? '',
      ...(appVersion === undefined || appVersion === '' ? {} : { appVersion }),
      status: textAt(value, 'info', 'status') ?? '',
      description: textAt(value, 'info', 'description') ?? '',
      lastDeployed: textAt(value, 'info', 'last_deployed') ?? '',
    },
  };
}

async function unpacked(packed: Buffer, limit: number): Promise<string> {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed.toString('utf8');
  try {
    return (await unpack(packed, { maxOutputLength: limit })).toString('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new UnreadableRelease(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `it unpacks to more than ${limit / 1024 / 1024} MiB`
        : 'its gzip is broken',
    );
  }
}

/** Hooks are kept apart from the manifest, and are applied again at each upgrade of the release. */
function hooksOf(release: unknown): string[] {
  const hooks = at(release, 'hooks');
  if (!Array.isArray(hooks)) return [];
  return hooks.flatMap((hook) => textAt(hook, 'manifest') ?? []);
}

function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = path.reduce(at, value);
  return typeof found === 'string' ? found : undefined;
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (Reflect.get(value, key) as unknown)
    : undefined;
}
