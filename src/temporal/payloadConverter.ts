import {
  CompositePayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
} from '@temporalio/common';
import type { Payload, PayloadConverter } from '@temporalio/common';
import type { UnreadablePayload } from '../contract/messages.ts';

// This module is bundled into workflows: nothing of Node.js may be imported here.

/** All that Stepladder says and understands: plain JSON, and nothing at all. */
const plain = new CompositePayloadConverter(new UndefinedPayloadConverter(), new JsonPayloadConverter());

const encodingKey = 'encoding';

/**
 * Converts plain JSON and never throws on what it is given: a payload in another encoding, or one whose bytes are not
 * what its encoding says, arrives as an `UnreadablePayload`. Were it to throw, one signal that somebody sent in the
 * wrong encoding would make the workflow's tasks fail over and over.
 */
export const payloadConverter: PayloadConverter = {
  toPayload(value, context, hint) {
    return plain.toPayload(value, context, hint);
  },
  fromPayload: (payload) => {
    try {
      return plain.fromPayload(payload);
    } catch (error) {
      const unreadable: UnreadablePayload = {
        stepladderUnreadablePayload: {
          encoding: encodingOf(payload),
          reason: error instanceof Error ? error.message : String(error),
        },
      };
      return plain.fromPayload(plain.toPayload(unreadable));
    }
  },
};

/** Encodings are short ASCII names; anything else in their place is shown as far as it can be. */
function encodingOf(payload: Payload): string {
  const bytes = payload.metadata?.[encodingKey];
  if (bytes === undefined) return 'unknown';
  return Array.from(bytes.slice(0, 60), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?',
  ).join('');
}
