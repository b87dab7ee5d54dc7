import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { probeSchema } from '../../src/contract/probe.ts';
import { routerSchema, weightStepsSchema } from '../../src/contract/routing.ts';

const arn = (of: string) => `arn:aws:elasticloadbalancing:ap-northeast-1:111122223333:${of}/x/1`;
const alb = { rule: arn('listener-rule'), blue: arn('targetgroup/blue'), green: arn('targetgroup/green') };

const problems = (schema: z.ZodType, value: unknown): string => {
  const result = schema.safeParse(value);
  return result.success ? '' : JSON.stringify(result.error.issues);
};

describe('a router', () => {
  it.each<[string, unknown, RegExp]>([
    ['a rule', { alb }, /^$/],
    ['a listener', { alb: { ...alb, rule: undefined, listener: arn('listener') } }, /^$/],
    ['a person', { manual: {} }, /^$/],
    ['both a rule and a listener', { alb: { ...alb, listener: arn('listener') } }, /either rule or listener/],
    ['neither', { alb: { ...alb, rule: undefined } }, /either rule or listener/],
    ['one group twice', { alb: { ...alb, green: alb.blue } }, /two target groups/],
    ['an ARN of something else', { alb: { ...alb, rule: alb.blue } }, /ARN of a listener rule/],
    ['two routers', { alb, manual: {} }, /alb. or .manual/],
    ['nothing', {}, /alb. or .manual/],
  ])('with %s', (_, value, problem) => {
    expect(problems(routerSchema, value)).toMatch(problem);
  });
});

describe('the steps', () => {
  it('are 5, 25, 50 and 100 with 5 minutes each unless given', () => {
    expect(weightStepsSchema.parse(undefined)).toEqual({
      weights: [5, 25, 50, 100],
      soak: '5m',
      lookEvery: '15s',
      badLooks: 2,
    });
  });

  it.each<[unknown, RegExp]>([
    [{ weights: [100] }, /^$/],
    [{ weights: [1, 2, 100], soak: '30s' }, /^$/],
    [{ weights: [5, 25] }, /last step must be 100/],
    [{ weights: [25, 5, 100] }, /more than the one before/],
    [{ weights: [5, 5, 100] }, /more than the one before/],
    [{ weights: [0, 100] }, /too_small/],
    [{ weights: [] }, /too_small/],
    [{ weights: [2.5, 100] }, /int/],
    [{ soak: '5' }, /duration/],
    [{ badLooks: 0 }, /too_small/],
  ])('%j', (value, problem) => {
    expect(problems(weightStepsSchema, value)).toMatch(problem);
  });
});

describe('a probe', () => {
  const green = 'http://10.0.0.1:8080';
  it('is asked for / and 200, three times in a row, unless it says otherwise', () => {
    expect(probeSchema.parse({ name: 'shop', green })).toMatchObject({
      path: '/',
      method: 'GET',
      expectStatus: 200,
      inARow: 3,
      every: '1s',
      answerWithin: '5s',
      timeLimit: '1m',
    });
  });

  it.each<[Record<string, unknown>, RegExp]>([
    [{ blue: green, path: '/health?deep=1', headers: { host: 'shop.example.com' } }, /^$/],
    [{ expectPattern: '^v1\\.3\\d$' }, /^$/],
    [{ expectPattern: '(' }, /regular expression/],
    [{ path: 'health' }, /begins with/],
    [{ green: 'tcp://10.0.0.1' }, /http/],
    [{ green: 'http://me:secret@10.0.0.1' }, /password/],
    [{ headers: { authorization: 'Bearer x' } }, /tokenEnv/],
    [{ headers: { Host: 'x' } }, /small letters/],
    [{ headers: { 'x-a': 'b\r\nx-c: d' } }, /one line/],
    [{ tokenEnv: 'AWS_SECRET_ACCESS_KEY' }, /STEPLADDER_PROBE/],
    [{ green: { service: { namespace: 'shop', name: 'web', port: 80 } } }, /^$/],
    [{ green: { service: { namespace: 'shop', name: 'web/../x', port: 80 } } }, /name of a Service/],
    [{ green: { service: { namespace: 'shop', name: 'web', port: 0 } } }, /too_small/],
    [
      { green: { service: { namespace: 'shop', name: 'web', port: 80 } }, tokenEnv: 'STEPLADDER_PROBE_A' },
      /keeps what a Service would get as a token/,
    ],
    [
      { green: { service: { namespace: 'shop', name: 'web', port: 80 } }, headers: { host: 'a' } },
      /by way of the API server/,
    ],
    [{ inARow: 0 }, /too_small/],
    [{ expected: 200 }, /unrecognized/],
  ])('%j', (change, problem) => {
    expect(problems(probeSchema, { name: 'shop', green, ...change })).toMatch(problem);
  });
});
