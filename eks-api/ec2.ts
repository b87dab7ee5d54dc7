import { randomUUID } from 'node:crypto';
import { EksError } from './errors.ts';
import type { EksSubnetState } from './state.ts';
import { xmlElement } from './xml.ts';

/** Addresses of a subnet that nobody has said more of: a /20 of which a few are taken. */
const freeAddressesByDefault = 4_000;

const namespace = ' xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"';

/** The operations of EC2 that are answered here, on the port of EKS. */
export const ec2Operations: ReadonlySet<string> = new Set(['DescribeSubnets']);

/**
 * The one operation of EC2 (query protocol: a form in, XML out) that planning an upgrade needs.
 *
 * @param form the request's body
 * @param subnets those that there are
 * @returns the answer's body
 * @throws EksError InvalidSubnetID.NotFound for a subnet that no cluster was made with
 */
export function answerEc2(form: URLSearchParams, subnets: readonly EksSubnetState[]): string {
  const asked = [...form].filter(([name]) => /^SubnetId\.\d+$/.test(name)).map(([, id]) => id);
  for (const id of asked) {
    if (subnets.some((subnet) => subnet.id === id)) continue;
    throw new EksError('InvalidParameterException', `The subnet ID '${id}' does not exist`);
  }
  const found = subnets.filter(({ id }) => asked.length === 0 || asked.includes(id));
  return xmlElement(
    'DescribeSubnetsResponse',
    {
      requestId: randomUUID(),
      subnetSet: {
        item: found.map(({ id, zone, freeAddresses, tags = {} }) => ({
          subnetId: id,
          state: 'available',
          availabilityZone: zone,
          availableIpAddressCount: String(freeAddresses ?? freeAddressesByDefault),
          tagSet: { item: Object.entries(tags).map(([key, value]) => ({ key, value })) },
        })),
      },
    },
    namespace,
  );
}

/** An error as EC2 answers it. */
export function ec2Error({ name, message }: { name: string; message: string }): string {
  const code = ec2Codes[name] ?? name.replace(/Exception$/, '');
  return xmlElement('Response', {
    Errors: { Error: { Code: code, Message: message } },
    RequestID: randomUUID(),
  });
}

const ec2Codes: Readonly<Record<string, string>> = {
  AccessDeniedException: 'UnauthorizedOperation',
  InvalidParameterException: 'InvalidSubnetID.NotFound',
  ThrottlingException: 'RequestLimitExceeded',
  ServerException: 'InternalError',
};
