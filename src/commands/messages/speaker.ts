import { userInfo } from 'node:os';
import { UsageError } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';

/** Who speaks: `--by`, or the user's login name. */
export function speaker(by: string | undefined, { env }: Pick<Terminal, 'env'>): string {
  const name = by ?? env['USER'] ?? env['LOGNAME'] ?? loginName();
  if (name === undefined || name.trim() === '') {
    throw new UsageError('Your name is not known (USER is not set). Say who you are: --by NAME');
  }
  return name.trim();
}

function loginName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return undefined;
  }
}
