import { expect, it } from 'vitest';
import { kubernetesLifecycles } from '../../src/checks/removedApis/kubernetesLifecycles.ts';
import { textOf } from '../../src/manifests/encoding.ts';
import { ManifestScanner } from '../../src/manifests/manifestScanner.ts';
import { TrickyTexts } from './trickyDocuments.ts';

const samples = 1000;

function scan(bytes: Buffer, parseAll: boolean) {
  const scanner = new ManifestScanner({
    tables: [kubernetesLifecycles],
    from: '1.31',
    to: '1.33',
    observedAt: '2026-01-01T00:00:00Z',
    parseAll,
  });
  scanner.scan(bytes, { kind: 'manifest', file: 'f.yaml', line: 1 }, 'f.yaml');
  return scanner;
}

const named = ({ uses }: ManifestScanner) =>
  uses.map(({ object }) => `${object?.apiVersion ?? ''} ${object?.kind ?? ''}`);

it('finds by searching all that it finds by parsing everything, however documents are written', () => {
  const texts = new TrickyTexts(1);
  let found = 0;
  let unparsed = 0;
  let damaged = 0;
  for (let index = 0; index < samples; index += 1) {
    const { bytes, uses } = texts.next();
    const searched = scan(bytes, false);
    const parsed = scan(bytes, true);
    const text = `sample ${index}:\n${textOf(bytes)?.bytes.toString() ?? ''}`;
    expect(searched.uses, text).toEqual(parsed.uses);
    expect(searched.unread, text).toBe(parsed.unread);
    // What is no YAML may go unnoticed where it can't matter, but nothing is made up.
    for (const problem of searched.problems) expect(parsed.problems, text).toContainEqual(problem);
    if (uses !== undefined) expect(named(searched), text).toEqual(uses);
    found += searched.uses.length;
    damaged += uses === undefined ? 1 : 0;
    unparsed += parsed.problems.length - searched.problems.length;
  }
  // The samples are of all sorts: otherwise this proves nothing.
  expect(found).toBeGreaterThan(samples / 2);
  expect(damaged).toBeGreaterThan(samples / 5);
  expect(unparsed).toBeGreaterThan(0);
}, 60_000);
