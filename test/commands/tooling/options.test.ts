import { describe, expect, it } from 'vitest';
import { requestOfTool } from '../../../src/commands/tooling/options.ts';
import type { ToolOptions } from '../../../src/commands/tooling/options.ts';

const base: ToolOptions = { version: '1.15.0', crds: 'refuse', output: 'text' };

describe('the flags of `tool`', () => {
  it('are the request of upgradeTool', () => {
    const options: ToolOptions = {
      ...base,
      ...{ cluster: 'prod', region: 'eu-west-1', repository: 'https://charts.example.com', chart: 'web' },
      ...{ namespace: 'shop', release: 'web', values: ['a.yaml', 'b.yaml'], crds: 'additive' },
      ...{ helmfile: 'helmfile.yaml', selector: 'name=web', settleTimeout: '5m' },
    };
    expect(requestOfTool('web', options)).toEqual({
      cluster: { name: 'prod', region: 'eu-west-1' },
      timing: { pollInterval: '3s', settleTimeout: '5m' },
      tools: [
        {
          ...{ name: 'web', version: '1.15.0', namespace: 'shop', release: 'web', crds: 'additive' },
          values: ['a.yaml', 'b.yaml'],
          source: { repository: 'https://charts.example.com', chart: 'web' },
          helmfile: { file: 'helmfile.yaml', selector: 'name=web' },
        },
      ],
    });
  });

  it('leave to the profile what they do not say', () => {
    expect(requestOfTool('external-dns', { ...base, context: 'prod' })).toEqual({
      cluster: { name: 'context', context: 'prod' },
      timing: { pollInterval: '3s' },
      tools: [{ name: 'external-dns', version: '1.15.0', crds: 'refuse' }],
    });
  });

  it.each<[Partial<ToolOptions>, string]>([
    [{}, 'Which cluster?'],
    [{ context: 'prod', region: 'eu-west-1' }, 'go with --cluster'],
    [{ context: 'prod', selector: 'name=web' }, 'goes with --helmfile'],
  ])('are refused where they do not go together: %o', (options, says) => {
    expect(() => requestOfTool('external-dns', { ...base, ...options })).toThrow(says);
  });
});
