import { describe, expect, it } from 'vitest';
import { decisionPayload, parseDecision } from '../../src/contract/messages.ts';

const right = { decision: 'force', by: 'on-call', digest: '3F2A9C1E' };

describe('a decision', () => {
  it('is read with all that goes with it', () => {
    const pods = ['shop/web-0', 'shop/web-1'];
    expect(parseDecision({ ...right, pods, comment: 'now' })).toEqual({
      ok: true,
      value: { decision: 'force', by: 'on-call', digest: '3f2a9c1e', pods, comment: 'now' },
    });
  });

  it.each([
    ['yes', 'must be a JSON object'],
    ['{"decision":"wait"}', 'not a text that holds one'],
    [{ ...right, decision: 'kill' }, '"decision" must be one of wait, restart'],
    [{ ...right, by: 'your name' }, '"by" must be your own name'],
    [{ ...right, digest: '3f2a' }, '"digest" must be'],
    [{ ...right, pods: 'shop/web-0' }, '"pods" must be a list'],
    [{ ...right, pods: [] }, '"pods" must be a list'],
    [{ ...right, pods: ['web-0'] }, '"pods" must be a list'],
    [{ ...right, node: 7 }, '"node" must be a text'],
    [{ ...right, pod: 'shop/web-0' }, '"pod" is not a field of it'],
  ])('is refused with the reason: %o', (payload, reason) => {
    const parsed = parseDecision(payload);
    expect(parsed).toMatchObject({ ok: false });
    expect(parsed.ok ? '' : parsed.reason).toContain(reason);
  });

  it('is shown as the payload to paste, which nobody can send unread', () => {
    const payload = decisionPayload({ byDefault: 'wait', digest: '3f2a9c1e'.padEnd(64, '0') });
    expect(payload).toBe('{"decision":"wait","by":"your name","digest":"3f2a9c1e"}');
    expect(parseDecision(JSON.parse(payload))).toMatchObject({ ok: false });
  });
});
