import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';

/** A registry on loopback that gives what helm asks of one: tags, manifests and blobs of one repository. */
export interface OciRegistry {
  /** `oci://127.0.0.1:4711/charts/web`. */
  reference: string;
  /** Paths that were asked for, in order. */
  asked: string[];
  close(): Promise<void>;
}

const sha256 = (content: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/**
 * Serves each packed chart of a folder by its version as its tag.
 *
 * @param folder with archives as `helm package` makes them
 */
export async function serveRegistry(helm: string, folder: string): Promise<OciRegistry> {
  const blobs = new Map<string, Uint8Array | string>();
  const manifests = new Map<string, string>();
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.tgz'))) {
    const archive = await readFile(join(folder, file));
    const { stdout } = await execa(helm, ['show', 'chart', join(folder, file)]);
    const metadata = parse(stdout) as { version: string };
    const config = JSON.stringify(metadata);
    for (const blob of [archive, config]) blobs.set(sha256(blob), blob);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.cncf.helm.config.v1+json',
        digest: sha256(config),
        size: Buffer.byteLength(config),
      },
      layers: [
        {
          mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
          digest: sha256(archive),
          size: archive.length,
        },
      ],
    });
    manifests.set(metadata.version, manifest);
    manifests.set(sha256(manifest), manifest);
  }
  const tags = [...manifests.keys()].filter((tag) => !tag.startsWith('sha256:'));

  const asked: string[] = [];
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    asked.push(path);
    const name = decodeURIComponent(path.split('/').at(-1) ?? '');
    const content = path.endsWith('/tags/list')
      ? JSON.stringify({ name: 'charts/web', tags })
      : path.includes('/manifests/')
        ? manifests.get(name)
        : blobs.get(name);
    if (!path.startsWith('/v2/charts/web/') || content === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}');
      return;
    }
    response.writeHead(200, {
      'content-type': path.includes('/manifests/')
        ? 'application/vnd.oci.image.manifest.v1+json'
        : 'application/json',
      'content-length': Buffer.byteLength(content),
      'docker-content-digest': sha256(content),
    });
    response.end(request.method === 'HEAD' ? undefined : content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    reference: `oci://127.0.0.1:${port}/charts/web`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
