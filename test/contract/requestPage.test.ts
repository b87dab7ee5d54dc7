import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { requestPage, requestPagePath } from '../../scripts/generate-request-docs.ts';
import { readRequest } from '../../src/contract/request.ts';
import { workflowTypes } from '../../src/contract/workflowTypes.ts';

const page = await readFile(requestPagePath, 'utf8');

describe('docs/request.md', () => {
  it('is what the schema gives (otherwise: npm run generate:request-docs)', async () => {
    expect(page).toBe(await requestPage());
  });

  it('has examples that are good requests as they stand on the page', () => {
    const examples = [...page.matchAll(/Workflow type `(\w+)`[\s\S]*?```json\n([\s\S]*?)```/g)];
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const [, type, text] of examples) {
      const workflowType = workflowTypes.find((each) => each === type);
      expect(workflowType, type).toBeDefined();
      expect(() => readRequest(workflowType!, JSON.parse(text ?? ''))).not.toThrow();
    }
  });

  it('describes every field that a filled-up request has', () => {
    const filled = readRequest('upgradeCluster', {
      cluster: {
        name: 'a',
        region: 'eu-west-1',
        roleArn: 'arn:aws:iam::111122223333:role/r',
        externalId: 'xx',
        context: 'c',
      },
      targetVersion: '1.33',
      workers: { maxUnavailable: 1, updateStrategy: 'MINIMAL' },
      notify: [{ webhookEnv: 'STEPLADDER_WEBHOOK' }],
      window: { from: '22:00', to: '06:00', timeZone: 'UTC' },
    });
    for (const path of pathsOf(filled, '')) {
      expect(page, path).toMatch(
        new RegExp(`\\| \`${path.replaceAll(/[.[\]]/g, '\\$&')}\` +\\| [^|]+\\| [^|]+\\| \\S`),
      );
    }
  });
});

function pathsOf(value: object, prefix: string): string[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const path = `${prefix}${name}`;
    const object = (each: unknown): each is object => typeof each === 'object' && each !== null;
    if (Array.isArray(inner))
      return [path, ...inner.filter(object).flatMap((each) => pathsOf(each, `${path}[].`))];
    return object(inner) ? [path, ...pathsOf(inner, `${path}.`)] : [path];
  });
}
