import { Chalk } from 'chalk';
import type { ChalkInstance } from 'chalk';

/** How things are set apart on a terminal. Without colours every one of them leaves the text as it is. */
export interface Style {
  title: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
  attention: (text: string) => string;
  faint: (text: string) => string;
}

/** @param colors false for pipes and where NO_COLOR is set */
export function styleOf(colors: boolean): Style {
  const chalk: ChalkInstance = new Chalk({ level: colors ? 1 : 0 });
  return {
    title: (text) => chalk.bold(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    attention: (text) => chalk.yellow(text),
    faint: (text) => chalk.dim(text),
  };
}

export const plain: Style = styleOf(false);
