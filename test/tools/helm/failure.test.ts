import { describe, expect, it } from 'vitest';
import { helmFailure } from '../../../src/tools/helm/failure.ts';
import { lastWords } from '../../../src/tools/helm/lastWords.ts';
import { problemOf } from '../../../src/tools/problem.ts';

describe("what helm's last words stand for", () => {
  const subject = { doing: 'upgrade release shop/web', release: 'shop/web', chart: 'web 1.2.0' };

  // As helm 3.19 says them.
  it.each([
    [
      'looks like "http://127.0.0.1:1" is not a valid chart repository or cannot be reached: Get "http://127.0.0.1:1/index.yaml": dial tcp 127.0.0.1:1: connect: connection refused',
      'unreachable-source',
    ],
    [
      'looks like "https://x.org" is not a valid chart repository or cannot be reached: failed to fetch https://x.org/index.yaml : 404 Not Found',
      'unreachable-source',
    ],
    ['failed to fetch http://x.org/web-1.0.0.tgz : 404 File not found', 'unreachable-source'],
    [
      'Get "https://x.org/v2/foo/tags/list": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'unreachable-source',
    ],
    [
      'chart "web" matching 9.9.9 not found in x index. (try \'helm repo update\'): no chart version found for web-9.9.9',
      'no-such-version',
    ],
    ['Could not locate a version matching provided version string <1.2.0', 'no-such-version'],
    [
      'failed to perform "FetchReference" on source: 127.0.0.1:42053/charts/web:1.3.0: not found',
      'no-such-version',
    ],
    [
      'GET "http://x.org/v2/charts/wep/tags/list": response status code 404: name unknown: repository name not known to registry',
      'no-such-version',
    ],
    ['Chart.yaml file is missing', 'broken-chart'],
    [
      "file '/tmp/a.tgz' does not appear to be a gzipped archive; got 'application/octet-stream'",
      'broken-chart',
    ],
    ['parse error at (web/templates/bad.yaml:1): unexpected "}" in if', 'broken-chart'],
    [
      'cannot load Chart.yaml: error converting YAML to JSON: yaml: line 1: did not find expected node content',
      'broken-chart',
    ],
    [
      'An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: sub',
      'broken-chart',
    ],
    ['execution error at (web/templates/bad.yaml:1:3): give it', 'values-do-not-render'],
    [
      'template: web/templates/bad.yaml:1:10: executing "web/templates/bad.yaml" at <.Values.a.b.c>: nil pointer evaluating interface {}.b',
      'values-do-not-render',
    ],
    [
      'YAML parse error on web/templates/bad.yaml: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context',
      'values-do-not-render',
    ],
    [
      "values don't meet the specifications of the schema(s) in the following chart(s):\nweb:\n- at '/replicaCount': got string, want integer",
      'values-do-not-render',
    ],
    ['release: not found', 'not-installed'],
    ['UPGRADE FAILED: "web" has no deployed releases', 'not-installed'],
  ])('%s', (words, problem) => {
    expect(helmFailure(`Error: ${words}\n`, subject, 'source').details).toMatchObject({ problem });
  });

  it.each([
    ['UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress', 'ToolRefused'],
    [
      'secrets "sh.helm.release.v1.web.v2" is forbidden: unable to create new content in namespace shop because it is being terminated',
      'ToolRefused',
    ],
    [
      'Kubernetes cluster unreachable: Get "https://10.0.0.1/version": dial tcp 10.0.0.1:443: connect: connection refused',
      'Unreachable',
    ],
    [
      'Kubernetes cluster unreachable: the server has asked for the client to provide credentials',
      'CredentialsRefused',
    ],
    [
      'query: failed to query with labels: secrets is forbidden: User "stepladder" cannot list resource "secrets" in API group "" in the namespace "shop"',
      'CredentialsRefused',
    ],
    [
      'UPGRADE FAILED: pre-upgrade hooks failed: 1 error occurred:\n\t* timed out waiting for the condition',
      'ToolFailed',
    ],
    [
      'UPGRADE FAILED: cannot patch "web" with kind Deployment: Deployment.apps "web" is invalid: spec.selector: field is immutable',
      'ToolFailed',
    ],
  ])('on a cluster: %s', (words, type) => {
    const error = helmFailure(`Error: ${words}\n`, subject, 'cluster');
    expect(error.type).toBe(type);
    expect(error.message).toMatch(/^Could not upgrade release shop\/web \(web 1\.2\.0\): .+\. [A-Z].+\.$/s);
  });

  it.each([
    [
      'query: failed to query with labels: secrets is forbidden: User "stepladder" cannot list resource "secrets" in API group "" in the namespace "shop"',
      true,
    ],
    [
      'UPGRADE FAILED: could not get information about the resource: deployments.apps "web" is forbidden: User "stepladder" cannot get resource "deployments" in API group "apps" in the namespace "shop"',
      true,
    ],
    ['Kubernetes cluster unreachable: the server has asked for the client to provide credentials', undefined],
    ['Kubernetes cluster unreachable: Unauthorized', undefined],
    ['Unauthorized', undefined],
  ])('tells one thing that is denied from credentials that are refused: %s', (words, denied) => {
    const { type, details } = helmFailure(words, subject, 'cluster');
    expect(type).toBe('CredentialsRefused');
    expect(details['denied']).toBe(denied);
    expect(details).toMatchObject({ release: 'shop/web', chart: 'web 1.2.0' });
  });

  it('does not take a cluster that is out of reach for a problem of the tool', () => {
    const words = 'Error: Kubernetes cluster unreachable: dial tcp: i/o timeout';
    expect(problemOf(helmFailure(words, subject, 'cluster'), 'here')).toBeUndefined();
  });

  it('becomes a problem with what to do, for a finding', () => {
    expect(problemOf(helmFailure('Error: Chart.yaml file is missing', subject, 'source'), 'a chart')).toEqual(
      {
        kind: 'broken-chart',
        message: 'Could not upgrade release shop/web (web 1.2.0): Chart.yaml file is missing.',
        remedy: expect.stringContaining('helm lint'),
        source: 'a chart',
      },
    );
  });
});

describe("helm's last words as people may see them", () => {
  const certificate = '-----BEGIN CERTIFICATE-----\nMIIBhTCCASugAwIBAgIQIRi6\n-----END CERTIFICATE-----';

  it.each([
    [
      'a user in an address',
      'Get "https://me:hunter2@x.org/index.yaml": no',
      'Get "https://x.org/index.yaml": no',
    ],
    [
      'a signed address',
      'Get "https://x.org/a.tgz?X-Amz-Signature=abcdef": 403',
      'Get "https://x.org/a.tgz?…": 403',
    ],
    ['a bearer token', 'header Authorization: Bearer abc.def', 'header Authorization: Bearer …'],
    ['a web token', 'got eyJhbGciOi.eyJzdWIi.c2ln here', 'got … here'],
    ["EKS's token", 'got k8s-aws-v1.aHR0cHM6Ly9zdHMu here', 'got … here'],
    ['a certificate', `bad ${certificate} there`, 'bad <PEM> there'],
    ['a long run of letters', `data ${'Zm9v'.repeat(12)} there`, 'data … there'],
    [
      'a piece of an object',
      'illegal base64 data at input byte 4, error found in #10 byte of ...|":"hunter2"},|..., bigger context ...|x',
      'illegal base64 data at input byte 4, error found in #10 byte of …',
    ],
    [
      'an object as a refused value',
      'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"b"}}: field is immutable',
      'spec.selector: Invalid value: …: field is immutable',
    ],
    ['our own folder', 'open /tmp/stepladder-tool-Ab12/values.json: no', 'open values.json: no'],
    ['notes that are no reason', 'WARNING: it is readable\nW1127 10:00:00 x.go:1] old\nError: no', 'no'],
  ])('leave out %s', (_, said, kept) => {
    expect(lastWords(said)).toBe(kept);
  });

  it('keep what helps', () => {
    const said =
      'Error: execution error at (web/templates/a.yaml:1:3): Invalid value: "nginx:latest" for image of external-dns.example.org';
    expect(lastWords(said)).toBe(said.replace('Error: ', ''));
  });

  it('are not endless', () => {
    expect(lastWords('no way '.repeat(1000)).length).toBeLessThan(610);
  });
});
