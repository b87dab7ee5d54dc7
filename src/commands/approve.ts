import type { AddCommand } from './command.ts';
import { addAnswerCommand } from './messages/answerCommand.ts';

export const addApprove: AddCommand = (program, context) => {
  addAnswerCommand(program, context, 'approve', 'approve the gate that is open');
};
