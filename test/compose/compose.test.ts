import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { execa } from 'execa';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');

/** The compose specification's own schema comes with its reference implementation, as a Go module. */
const composeGo = 'github.com/compose-spec/compose-go/v2@v2.16.2';

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string().optional(),
      build: z.string().optional(),
      ports: z.array(z.string()).default([]),
      profiles: z.array(z.string()).default([]),
      network_mode: z.string().optional(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
      healthcheck: z.unknown().optional(),
      volumes: z.array(z.string()).default([]),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

let document: unknown;
let compose: z.infer<typeof composeFile>;

beforeAll(async () => {
  document = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
  compose = composeFile.parse(document);
});

describe('docker-compose.yml', () => {
  it("is valid by the compose specification's own schema", { timeout: 300_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stepladder-compose-'));
    try {
      const { stdout } = await execa('go', ['mod', 'download', '-json', composeGo], { cwd: folder });
      const { Dir } = z.object({ Dir: z.string() }).parse(JSON.parse(stdout));
      const schema: unknown = JSON.parse(await readFile(join(Dir, 'schema/compose-spec.json'), 'utf8'));
      const ajv = new Ajv2020({ allErrors: true, strict: false, allowUnionTypes: true });
      addFormatsModule.default(ajv);
      // Names that only compose's own loader knows.
      ajv.addFormat('ports', true);
      ajv.addFormat('expose', true);
      const validate = ajv.compile(z.record(z.string(), z.unknown()).parse(schema));
      validate(document);
      expect(validate.errors).toBeNull();
      // A schema that takes anything would prove nothing.
      expect(validate({ services: { worker: { imag: 'x' } } })).toBe(false);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('publishes every port on loopback only', () => {
    const ports = Object.values(compose.services).flatMap((service) => service.ports);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('waits for what it needs: for health where there is a check, for an end where there is one', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const [needed, { condition }] of Object.entries(service.depends_on)) {
        const other = compose.services[needed];
        expect(other, `${name} depends on ${needed}`).toBeDefined();
        expect(['service_healthy', 'service_completed_successfully']).toContain(condition);
        if (condition === 'service_healthy') expect(other?.healthcheck, needed).toBeDefined();
        // Without its profile a service must not need one that has another.
        for (const profile of other?.profiles ?? []) expect(service.profiles, name).toContain(profile);
      }
      const shared = service.network_mode?.replace(/^service:/, '');
      if (shared !== undefined) expect(Object.keys(compose.services)).toContain(shared);
    }
  });

  it('pins the release of every image that is not built here', () => {
    for (const { image, build } of Object.values(compose.services)) {
      if (build === undefined) expect(image).toMatch(/:\d+(\.\d+)*(-[a-z]+)?$/);
    }
  });

  it('declares the volumes that it mounts', () => {
    for (const { volumes } of Object.values(compose.services)) {
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });
});

describe('the Dockerfile', () => {
  const sources = async () => {
    const text = await readFile(join(root, 'Dockerfile'), 'utf8');
    return [...text.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, words]) =>
      words!.split(' ').slice(0, -1),
    );
  };

  it('copies only what is there', async () => {
    expect((await sources()).length).toBeGreaterThan(5);
    for (const source of await sources())
      await expect(access(join(root, source)), source).resolves.toBeUndefined();
  });

  it('gets all of it past .dockerignore', async () => {
    const lines = (await readFile(join(root, '.dockerignore'), 'utf8')).split('\n');
    const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(lines).toContain('*');
    for (const source of await sources()) expect(allowed).toContain(source);
  });

  it('runs as somebody other than root, on glibc, with a health check', async () => {
    const text = await readFile(join(root, 'Dockerfile'), 'utf8');
    expect(text).toMatch(/^USER node$/m);
    expect(text).toMatch(/^HEALTHCHECK .*\\\n.*healthz/m);
    for (const [, image] of text.matchAll(/^FROM (\S+)/gm)) expect(image).not.toContain('alpine');
  });
});
