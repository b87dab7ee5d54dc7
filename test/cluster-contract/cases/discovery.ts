import { expect } from 'vitest';
import type { ContractCase } from '../contractCase.ts';

const area = 'discovery';

export const discovery: ContractCase[] = [
  {
    area,
    name: 'the core group names its resources with their verbs and scope',
    async run(cluster) {
      const list = await cluster.get('/api/v1');
      expect(list).toMatchObject({ kind: 'APIResourceList', groupVersion: 'v1' });
      const resources = list['resources'] as { name: string }[];
      expect(resources.find(({ name }) => name === 'pods')).toMatchObject({
        kind: 'Pod',
        namespaced: true,
        verbs: expect.arrayContaining(['list', 'watch', 'get', 'patch']),
      });
      expect(resources.find(({ name }) => name === 'pods/eviction')).toMatchObject({
        kind: 'Eviction',
        group: 'policy',
        version: 'v1',
        verbs: ['create'],
      });
      expect(resources.find(({ name }) => name === 'nodes')).toMatchObject({ namespaced: false });
    },
  },
  {
    area,
    name: 'the groups are listed with the version that is preferred',
    async run(cluster) {
      const groups = (await cluster.get('/apis'))['groups'] as { name: string; preferredVersion: object }[];
      expect(groups.find(({ name }) => name === 'apps')?.preferredVersion).toEqual({
        groupVersion: 'apps/v1',
        version: 'v1',
      });
    },
  },
  {
    area,
    name: 'the aggregated form is given to those who ask for it',
    async run(cluster) {
      const { json, status } = await cluster.request('GET', '/apis', {
        accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      });
      expect(status).toBe(200);
      expect(json.kind).toBe('APIGroupDiscoveryList');
      expect(json.items.map(({ metadata }) => metadata.name)).toContain('policy');
    },
  },
  {
    area,
    name: 'the version is told with its minor',
    async run(cluster) {
      const version = await cluster.get('/version');
      expect(version).toMatchObject({ major: '1', gitVersion: expect.stringMatching(/^v1\.31\./) });
      expect(String(version['minor'])).toMatch(/^31/);
    },
  },
  {
    area,
    name: 'a group that nobody serves is not found',
    async run(cluster) {
      expect((await cluster.request('GET', '/apis/none.example.com/v1')).status).toBe(404);
      expect((await cluster.request('GET', '/apis/none.example.com/v1/things')).status).toBe(404);
    },
  },
  {
    area,
    name: 'readiness is told, with each check on request',
    async run(cluster) {
      expect((await cluster.request('GET', '/readyz')).text).toBe('ok');
      expect((await cluster.request('GET', '/readyz?verbose')).text).toContain('readyz check passed');
    },
  },
  {
    area,
    name: 'OpenAPI documents are served',
    notSimulated: 'openapi',
    async run(cluster) {
      expect((await cluster.request('GET', '/openapi/v3')).status).toBe(200);
    },
  },
];
