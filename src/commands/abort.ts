import type { AddCommand } from './command.ts';
import { addRemarkCommand } from './messages/remarkCommand.ts';

export const addAbort: AddCommand = (program, context) => {
  addRemarkCommand(
    program,
    context,
    'abort',
    'finish what EKS has begun, put back what was changed, report, and end',
  );
};
