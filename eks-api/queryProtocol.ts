import { randomBytes } from 'node:crypto';
import { xmlElement } from './xml.ts';
import type { XmlFields } from './xml.ts';

/**
 * An answer in AWS's query protocol (a form in, XML out): `<ActionResponse><ActionResult>…`.
 *
 * @param namespace XML namespace of the service
 */
export function queryResponse(namespace: string, action: string, result: XmlFields): string {
  return root(namespace, `${action}Response`, {
    [`${action}Result`]: result,
    ResponseMetadata: { RequestId: requestId() },
  });
}

/** Where the protocols have quite another name for the same. */
const otherNames: Readonly<Record<string, string>> = { UnrecognizedClientException: 'InvalidClientTokenId' };

/** An error in the query protocol. Its codes have no "Exception" at their end. */
export function queryError(
  namespace: string,
  error: { name: string; message: string; code: number },
): string {
  const code = otherNames[error.name] ?? error.name.replace(/Exception$/, '');
  const type = error.code < 500 ? 'Sender' : 'Receiver';
  return root(namespace, 'ErrorResponse', {
    Error: { Type: type, Code: code, Message: error.message },
    RequestId: requestId(),
  });
}

/** The entries of a list in a form: `InstanceIds.member.1=…&InstanceIds.member.2=…`. */
export function membersIn(form: URLSearchParams, name: string): string[] {
  const members: string[] = [];
  for (let index = 1; ; index += 1) {
    const value = form.get(`${name}.member.${index}`);
    if (value === null) return members;
    members.push(value);
  }
}

const requestId = (): string => randomBytes(16).toString('hex');

const root = (namespace: string, name: string, content: XmlFields): string =>
  xmlElement(name, content, ` xmlns="${namespace}"`);
