import type { AddCommand } from './command.ts';
import { addRemarkCommand } from './messages/remarkCommand.ts';

export const addRollback: AddCommand = (program, context) => {
  addRemarkCommand(
    program,
    context,
    'rollback',
    'go back while the old is there: Pods to the old nodes of the group that is being rolled, or in a migration all users to the old cluster',
  );
};
