import { EksError } from './errors.ts';

const largestNumber = 50;
const allowed = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

/**
 * EKS's limits of tags: 50 a resource; keys of 1 to 128 and values of up to 256 characters, letters, digits, spaces
 * and `_ . : / = + - @`; keys that begin with `aws:` belong to AWS.
 *
 * @throws EksError BadRequestException
 */
export function refuseBadTags(tags: Record<string, string>, present: Record<string, string> = {}): void {
  for (const [key, value] of Object.entries(tags)) {
    if (key.length < 1 || key.length > 128) {
      throw refusal(`The tag key '${key.slice(0, 140)}' must have 1 to 128 characters.`);
    }
    if (value.length > 256) throw refusal(`The value of tag '${key}' must have at most 256 characters.`);
    if (/^aws:/i.test(key)) throw refusal(`Tag keys cannot begin with aws: ('${key}').`);
    if (!allowed.test(key) || !allowed.test(value)) {
      throw refusal(
        `Tag '${key}' has characters that are not allowed: letters, digits, spaces and _ . : / = + - @ are.`,
      );
    }
  }
  const number = new Set([...Object.keys(present), ...Object.keys(tags)]).size;
  if (number > largestNumber) {
    throw refusal(`A resource can have at most ${largestNumber} tags; it would have ${number}.`);
  }
}

const refusal = (message: string): EksError => new EksError('BadRequestException', message);
