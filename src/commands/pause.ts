import type { AddCommand } from './command.ts';
import { addRemarkCommand } from './messages/remarkCommand.ts';

export const addPause: AddCommand = (program, context) => {
  addRemarkCommand(program, context, 'pause', 'let no new change start; what runs is finished');
};
