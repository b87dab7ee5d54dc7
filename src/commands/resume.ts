import type { AddCommand } from './command.ts';
import { addRemarkCommand } from './messages/remarkCommand.ts';

export const addResume: AddCommand = (program, context) => {
  addRemarkCommand(program, context, 'resume', 'go on after a pause, or accept workloads that stay broken');
};
