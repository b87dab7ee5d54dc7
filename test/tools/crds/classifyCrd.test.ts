import { describe, expect, test } from 'vitest';
import { classifyCrd } from '../../../src/tools/crds/classify/classifyCrd.ts';
import type { Json } from '../../../src/tools/crds/json.ts';
import { version, widgetCrd } from './widgetCrd.ts';

type Change = Parameters<typeof widgetCrd>[0];

const told = (now: Change, before?: Change): string[] =>
  classifyCrd(widgetCrd(before), widgetCrd(now)).map(({ path, verdict }) => `${verdict} ${path}`);

test('a CRD is the same as itself, whatever the API server and others write into it', () => {
  expect(
    told(({ metadata, status, spec }) => {
      Object.assign(metadata, { uid: 'u2', resourceVersion: '9', generation: 2, creationTimestamp: 'later' });
      metadata['managedFields'] = [{ manager: 'kubectl' }];
      metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] = '{}';
      status['conditions'] = [{ type: 'Established' }];
      spec['preserveUnknownFields'] = false;
    }),
  ).toEqual([]);
});

const webhook = (clientConfig: Json): Json => ({
  strategy: 'Webhook',
  webhook: { conversionReviewVersions: ['v1'], clientConfig },
});
const service = { namespace: 'w', name: 'w' };

test('the certificate authority that others inject into a conversion webhook is not counted', () => {
  const injected: Change = ({ spec }) => (spec['conversion'] = webhook({ service, caBundle: 'LS0t' }));
  expect(told(({ spec }) => (spec['conversion'] = webhook({ service })), injected)).toEqual([]);
});

describe('a change of a CRD', () => {
  const columns = [{ name: 'Size', jsonPath: '.spec.size', description: 'How big.' }];
  const cases: [string, string[], Change, Change?][] = [
    [
      'an annotation',
      ['documentation metadata.annotations[controller-gen.kubebuilder.io/version]'],
      ({ metadata }) => (metadata.annotations['controller-gen.kubebuilder.io/version'] = 'v0.17.2'),
    ],
    [
      'labels that come and go',
      ['documentation metadata.labels[app]', 'documentation metadata.labels[part]'],
      ({ metadata }) => (metadata.labels = { part: 'widgets' }),
    ],
    [
      'the description of a schema',
      ['documentation spec.versions[v1].schema.description'],
      (_, v1) => (v1.schema.openAPIV3Schema['description'] = 'A gadget.'),
    ],
    ['the scope', ['breaking spec.scope'], ({ spec }) => (spec['scope'] = 'Cluster')],
    ['the group', ['breaking spec.group'], ({ spec }) => (spec['group'] = 'example.org')],
    ['the kind', ['breaking spec.names.kind'], ({ spec }) => (spec.names['kind'] = 'Gadget')],
    ['the plural', ['breaking spec.names.plural'], ({ spec }) => (spec.names['plural'] = 'gadgets')],
    [
      'a short name more',
      ['additive spec.names.shortNames'],
      ({ spec }) => (spec.names['shortNames'] = ['wi', 'wg']),
    ],
    ['a short name fewer', ['breaking spec.names.shortNames'], ({ spec }) => delete spec.names['shortNames']],
    ['a category', ['additive spec.names.categories'], ({ spec }) => (spec.names['categories'] = ['all'])],
    [
      'a conversion webhook',
      ['breaking spec.conversion.strategy', 'breaking spec.conversion.webhook'],
      ({ spec }) => (spec['conversion'] = webhook({ service })),
    ],
    [
      'another conversion webhook',
      ['breaking spec.conversion.webhook'],
      ({ spec }) => (spec['conversion'] = webhook({ service })),
      ({ spec }) => (spec['conversion'] = webhook({ url: 'https://example.com' })),
    ],
    [
      'unknown fields kept everywhere',
      ['breaking spec.preserveUnknownFields'],
      ({ spec }) => (spec['preserveUnknownFields'] = true),
    ],
    ['a part that is not known', ['breaking spec.novelty'], ({ spec }) => (spec['novelty'] = 1)],
    [
      'a version more',
      ['additive spec.versions[v2]'],
      ({ spec }) => spec.versions.push(version('v2', false)),
    ],
    [
      'another version stored',
      ['additive spec.versions[v2]', 'breaking spec.versions[v2].storage'],
      ({ spec }, v1) => {
        v1.storage = false;
        spec.versions.push(version('v2', true));
      },
    ],
    [
      'another version in place of the one',
      ['breaking spec.versions[v1]', 'additive spec.versions[v2]', 'breaking spec.versions[v2].storage'],
      ({ spec }) => (spec.versions = [version('v2', true)]),
    ],
    ['a version no longer served', ['breaking spec.versions[v1].served'], (_, v1) => (v1.served = false)],
    [
      'a version served again',
      ['additive spec.versions[v1].served'],
      undefined,
      (_, v1) => (v1.served = false),
    ],
    ['a version deprecated', ['additive spec.versions[v1].deprecated'], (_, v1) => (v1['deprecated'] = true)],
    [
      'a part of a version that is not known',
      ['breaking spec.versions[v1].novelty'],
      (_, v1) => (v1['novelty'] = true),
    ],
    [
      'a status subresource',
      ['breaking spec.versions[v1].subresources.status'],
      (_, v1) => (v1['subresources'] = { status: {} }),
    ],
    [
      'a scale subresource',
      ['additive spec.versions[v1].subresources.scale'],
      (_, v1) => (v1['subresources'] = { scale: { specReplicasPath: '.spec.size' } }),
    ],
    [
      'subresources fewer',
      ['breaking spec.versions[v1].subresources.status', 'breaking spec.versions[v1].subresources.scale'],
      undefined,
      (_, v1) => (v1['subresources'] = { status: {}, scale: {} }),
    ],
    [
      'a scale of another field',
      ['breaking spec.versions[v1].subresources.scale'],
      (_, v1) => (v1['subresources'] = { scale: { specReplicasPath: '.spec.size' } }),
      (_, v1) => (v1['subresources'] = { scale: { specReplicasPath: '.spec.count' } }),
    ],
    [
      'a column',
      ['additive spec.versions[v1].additionalPrinterColumns[Size]'],
      (_, v1) => (v1['additionalPrinterColumns'] = columns),
    ],
    [
      'a column fewer',
      ['additive spec.versions[v1].additionalPrinterColumns[Size]'],
      undefined,
      (_, v1) => (v1['additionalPrinterColumns'] = columns),
    ],
    [
      'the description of a column',
      ['documentation spec.versions[v1].additionalPrinterColumns[Size].description'],
      (_, v1) => (v1['additionalPrinterColumns'] = [{ ...columns[0], description: 'How large.' }]),
      (_, v1) => (v1['additionalPrinterColumns'] = columns),
    ],
    [
      'a selectable field',
      ['additive spec.versions[v1].selectableFields'],
      (_, v1) => (v1['selectableFields'] = [{ jsonPath: '.spec.color' }]),
    ],
    [
      'a selectable field fewer',
      ['breaking spec.versions[v1].selectableFields'],
      undefined,
      (_, v1) => (v1['selectableFields'] = [{ jsonPath: '.spec.color' }]),
    ],
  ];

  test.each(cases)('%s', (_name, expected, now, before) => {
    expect(told(now, before)).toEqual(expected);
  });
});
