import { describe, expect, it } from 'vitest';
import { workerEnvironment } from '../../src/commands/demo/workerEnvironment.ts';

const places = {
  address: '127.0.0.1:4000',
  namespace: 'default',
  simulator: { AWS_ENDPOINT_URL_EKS: 'http://127.0.0.1:5000', AWS_ACCESS_KEY_ID: 'simulated' },
  evidenceFolder: '/tmp/evidence',
  emptyFile: '/tmp/empty',
};

describe('the environment of the demo’s worker', () => {
  it('has nothing in it that leads to a real server, account or cluster', () => {
    const hostile = {
      PATH: '/bin',
      HOME: '/home/somebody',
      TEMPORAL_ADDRESS: 'temporal.prod.example:7233',
      TEMPORAL_API_KEY: 'secret',
      TEMPORAL_PROFILE: 'prod',
      TEMPORAL_CONFIG_FILE: '/home/somebody/temporal.toml',
      AWS_PROFILE: 'prod',
      AWS_ACCESS_KEY_ID: 'AKIAREAL',
      AWS_SESSION_TOKEN: 'secret',
      AWS_ENDPOINT_URL: 'https://aws.example',
      AWS_CONFIG_FILE: '/home/somebody/.aws/config',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
      KUBECONFIG: '/home/somebody/.kube/config',
      HTTPS_PROXY: 'http://proxy.example',
      STEPLADDER_EVIDENCE: '/var/evidence',
      STEPLADDER_WEBHOOK_OPS: 'https://hooks.example',
      NODE_OPTIONS: '--inspect',
    };
    expect(workerEnvironment(hostile, places)).toEqual({
      PATH: '/bin',
      HOME: '/home/somebody',
      AWS_CONFIG_FILE: '/tmp/empty',
      AWS_SHARED_CREDENTIALS_FILE: '/tmp/empty',
      AWS_EC2_METADATA_DISABLED: 'true',
      KUBECONFIG: '/tmp/empty',
      AWS_ENDPOINT_URL_EKS: 'http://127.0.0.1:5000',
      AWS_ACCESS_KEY_ID: 'simulated',
      TEMPORAL_ADDRESS: '127.0.0.1:4000',
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_CONFIG_FILE: '/tmp/empty.toml',
      STEPLADDER_EVIDENCE: '/tmp/evidence',
    });
  });
});
