import type { AddCommand } from './command.ts';
import { addRemarkCommand } from './messages/remarkCommand.ts';

export const addRollback: AddCommand = (program, context) => {
  addRemarkCommand(
    program,
    context,
    'rollback',
    'move Pods back to the old nodes of the group that is being rolled, while these are there',
  );
};
