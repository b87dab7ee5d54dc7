import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { openManifests } from '../../../src/tools/charts/manifests.ts';
import { rawAddress } from '../../../src/tools/charts/manifestsAddress.ts';
import { crdsOfManifests } from '../../../src/tools/crds/index.ts';

const crd = (name: string) =>
  `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: ${name}}\nspec: {group: g}\n`;
const kustomization = (...resources: string[]) =>
  `resources:\n${resources.map((each) => `- ${each}\n`).join('')}`;

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stepladder-manifests-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** A server of files by their paths; what is no text answers by itself. */
async function serve(
  files: Record<string, string | ((request: IncomingMessage, response: ServerResponse) => void)>,
): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const file = files[new URL(request.url ?? '', 'http://x').pathname];
    if (typeof file === 'function') file(request, response);
    else {
      response.writeHead(file === undefined ? 404 : 200, { 'content-type': 'text/plain' });
      response.end(file ?? 'nothing');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const http = { timeoutMs: 5_000, largest: 1024 * 1024, delaysMs: [1, 1] };

/** The names of the CRDs of a version; what was fetched for them is gone afterwards. */
async function crdsOf(location: string, version = 'unversioned', versions: string[] = []): Promise<string[]> {
  const fetched = await openManifests(location, { versions, http }).fetch(version);
  try {
    return (await crdsOfManifests(fetched.path)).map(({ name }) => name);
  } finally {
    await fetched.release();
    if (!fetched.path.includes('-manifests-test-'))
      await expect(readdir(fetched.path)).rejects.toThrow('ENOENT');
  }
}

describe('manifests on disk', () => {
  it('are a file, or all of a folder, and stay where they are', async () => {
    const folder = await folderWith({
      'a.yaml': `${crd('a.g')}---\n${crd('b.g')}`,
      'sub/c.yml': crd('c.g'),
      'x.txt': 'no',
    });
    const { path } = await openManifests(folder).fetch('unversioned');
    expect(path).toBe(folder);
    expect((await crdsOfManifests(path)).map(({ name }) => name)).toEqual(['a.g', 'b.g', 'c.g']);
    expect((await crdsOfManifests(join(folder, 'a.yaml'))).map(({ name }) => name)).toEqual(['a.g', 'b.g']);
    expect(await readFile(join(folder, 'a.yaml'), 'utf8')).toContain('a.g');
  });

  it('are what a kustomization names and nothing beside it', async () => {
    const folder = await folderWith({
      'crds/kustomization.yaml': kustomization('a.yaml', '../more'),
      'crds/a.yaml': crd('a.g'),
      'crds/beside.yaml': crd('beside.g'),
      'more/kustomization.yml': kustomization('b.yaml', '../crds'),
      'more/b.yaml': crd('b.g'),
    });
    expect(await crdsOf(join(folder, 'crds'))).toEqual(['a.g', 'b.g']);
  });

  it('have the versions that stand in their paths, the highest first, without pre-releases', async () => {
    const folder = await folderWith({
      ...{ 'v1.9.0/crds/a.yaml': crd('old.g'), 'v1.10.0/crds/a.yaml': crd('new.g') },
      ...{ 'v2.0.0-rc1/crds/a.yaml': crd('rc.g'), 'v3.0.0/other/a.yaml': crd('no.g') },
    });
    const location = join(folder, 'v{version}', 'crds');
    const repository = openManifests(location);
    expect(await repository.versions()).toEqual([{ version: '1.10.0' }, { version: '1.9.0' }]);
    expect(await openManifests(location, { installed: '2.0.0-rc0' }).versions()).toHaveLength(3);
    expect(await crdsOf(location, '1.9.0')).toEqual(['old.g']);
    await expect(repository.fetch('1.8.0')).rejects.toMatchObject({
      type: 'InvalidInput',
      message: expect.stringMatching(
        /no version 1\.8\.0 .* The newest there are 2\.0\.0-rc1, 1\.10\.0, 1\.9\.0/,
      ) as string,
    });
  });

  it.each([
    ['patches: [{path: p.yaml}]', /changes the manifests that it names \(patches\).*kustomize build/],
    ['transformers: [t.yaml]', /\(transformers\)/],
    ['helmCharts: [{name: x}]', /\(helmCharts\)/],
    ['novelty: 1', /\(novelty\)/],
    ['resources: a.yaml', /is no list of texts/],
    ['- a.yaml', /is no kustomization/],
    ['resources: [gone.yaml]', /gone\.yaml can't be read on the worker: ENOENT/],
    ['resources: [sub]', /sub.* has no kustomization of its own/],
  ])('with a kustomization that can’t be followed are refused: %s', async (text, message) => {
    const folder = await folderWith({ 'kustomization.yaml': text, 'sub/a.yaml': crd('a.g') });
    await expect(openManifests(folder).fetch('unversioned')).rejects.toThrow(message);
  });

  it('that are not there are told', async () => {
    await expect(openManifests('/nowhere/crds').fetch('unversioned')).rejects.toThrow(
      'There are no manifests at /nowhere/crds on the worker.',
    );
    await expect(openManifests('/nowhere/{version}').versions()).rejects.toThrow(
      'whatever stands for {version}',
    );
  });

  it.each([
    ['a: [', /a\.yaml can't be used: it is no YAML/],
    [crd('a.g').replace('/v1', '/v1beta1'), /a\.g is of apiextensions\.k8s\.io\/v1beta1, which no cluster/],
    ['apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {}', /lacks a name/],
    [
      `${crd('a.g')}---\n${crd('a.g')}  scope: Cluster\n`.replace(
        'spec: {group: g}\n  scope',
        'spec:\n  scope',
      ),
      /in other words/,
    ],
  ])('that can’t be used are refused (%#)', async (text, message) => {
    const folder = await folderWith({ 'a.yaml': text });
    await expect(crdsOfManifests(folder)).rejects.toThrow(message);
  });
});

describe('manifests at an address', () => {
  it('are a file, whose address may be asked with a token that is never shown', async () => {
    const { address, asked } = await serve({ '/v1.2.3/crds.yaml': crd('a.g') });
    const location = `${address}/v{version}/crds.yaml?token=secret`;
    expect(await crdsOf(location, '1.2.3')).toEqual(['a.g']);
    expect(asked).toEqual(['/v1.2.3/crds.yaml?token=secret']);
    const gone = openManifests(location, { http }).fetch('9.9.9');
    await expect(gone).rejects.toThrow(/nothing at .*\/v9\.9\.9\/crds\.yaml \(404\)/);
    await expect(gone).rejects.not.toThrow(/secret/);
  });

  it('are what a folder’s kustomization names', async () => {
    const { address, asked } = await serve({
      '/v1/crds/kustomization.yaml': kustomization('a.yaml', '../more/'),
      '/v1/crds/a.yaml': crd('a.g'),
      '/v1/more/Kustomization': kustomization('/v1/more/b.yaml'),
      '/v1/more/b.yaml': crd('b.g'),
    });
    expect(await crdsOf(`${address}/v1/crds`)).toEqual(['a.g', 'b.g']);
    expect(asked).not.toContain('/v1/crds');
  });

  it('have the versions that are given', async () => {
    const { address } = await serve({ '/v1.2.3/crds.yaml': crd('a.g') });
    const location = `${address}/v{version}/crds.yaml`;
    const versions = ['1.2.3', '1.10.0'];
    expect(await openManifests(location, { versions }).versions()).toEqual([
      { version: '1.10.0' },
      { version: '1.2.3' },
    ]);
    await expect(openManifests(location).versions()).rejects.toThrow(/can't be listed over HTTP. Name them/);
    await expect(openManifests(location, { versions }).fetch('2.0.0')).rejects.toThrow(
      'There is no version 2.0.0',
    );
  });

  it('are asked for again after what passes by itself, and no longer than that', async () => {
    let tries = 0;
    const { address } = await serve({
      '/crds.yaml': (request, response) => {
        tries += 1;
        if (tries === 1) request.socket.destroy();
        else if (tries === 2) response.writeHead(503).end();
        else response.end(crd('a.g'));
      },
      '/down.yaml': (_, response) => response.writeHead(502).end('secret'),
      '/shut.yaml': (_, response) => response.writeHead(403).end('secret'),
    });
    expect(await crdsOf(`${address}/crds.yaml`)).toEqual(['a.g']);
    const down = openManifests(`${address}/down.yaml`, { http }).fetch('unversioned');
    await expect(down).rejects.toMatchObject({
      type: 'Unreachable',
      message: expect.stringMatching(/down\.yaml can't be had: it answers 502, after 3 tries/) as string,
    });
    const shut = openManifests(`${address}/shut.yaml`, { http }).fetch('unversioned');
    await expect(shut).rejects.toThrow(/it answers 403\. Check/);
  });

  it.each([
    [
      'web page',
      (response: ServerResponse) => response.setHeader('content-type', 'text/html').end('<html>'),
      /raw text/,
    ],
    ['flood', (response: ServerResponse) => response.end('a'.repeat(http.largest + 1)), /more than 1 MiB/],
  ])('that are a %s are refused', async (_name, answer, message) => {
    const { address } = await serve({ '/crds.yaml': (_request, response) => void answer(response) });
    await expect(openManifests(`${address}/crds.yaml`, { http }).fetch('unversioned')).rejects.toThrow(
      message,
    );
  });

  it('never lead to the worker’s own files', async () => {
    const { address, asked } = await serve({ '/kustomization.yaml': kustomization('../../../etc/passwd') });
    await expect(openManifests(address, { http }).fetch('unversioned')).rejects.toThrow(/neither a file nor/);
    expect(asked).toContain('/etc/passwd');
  });

  it('may be called off', async () => {
    const stop = new AbortController();
    const { address } = await serve({ '/crds.yaml': () => stop.abort(new Error('enough')) });
    await expect(
      openManifests(`${address}/crds.yaml`, { http }).fetch('unversioned', stop.signal),
    ).rejects.toThrow('enough');
  });
});

test.each([
  [
    'https://github.com/o/n/manifests/crds?ref=v1.2.3',
    'https://raw.githubusercontent.com/o/n/v1.2.3/manifests/crds',
  ],
  [
    'https://github.com/o/n.git//manifests/crds?ref=v1',
    'https://raw.githubusercontent.com/o/n/v1/manifests/crds',
  ],
  ['https://github.com/o/n/tree/v1/manifests', 'https://raw.githubusercontent.com/o/n/v1/manifests'],
  ['https://github.com/o/n/blob/v1/a.yaml', 'https://raw.githubusercontent.com/o/n/v1/a.yaml'],
  [
    'https://github.com/o/n/releases/download/v1/a.yaml',
    'https://github.com/o/n/releases/download/v1/a.yaml',
  ],
  ['https://example.com/o/n/blob/v1/a.yaml', 'https://example.com/o/n/blob/v1/a.yaml'],
])('%s is read at %s', (copied, raw) => {
  expect(rawAddress(copied)).toBe(raw);
});
