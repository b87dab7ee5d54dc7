import type { AddCommand } from './command.ts';
import { addAnswerCommand } from './messages/answerCommand.ts';

export const addReject: AddCommand = (program, context) => {
  addAnswerCommand(program, context, 'reject', 'reject the gate that is open, which ends the upgrade');
};
