import { summarizeFindings } from '../../contract/finding.ts';
import type { Finding } from '../../contract/finding.ts';
import { exitCodeOfPlan } from '../exitCodes.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Terminal } from '../terminal.ts';
import type { OutputFormat } from './options.ts';

/** Prints findings in the form that was asked for, and tells the worst of them by the exit code. */
export async function tellFindings(
  findings: readonly Finding[],
  format: OutputFormat,
  terminal: Terminal,
): Promise<ExitCode> {
  terminal.print(await rendered(findings, format, terminal));
  return exitCodeOfPlan(
    findings,
    findings.filter(({ severity }) => severity === 'blocker' || severity === 'unknown'),
  );
}

async function rendered(
  findings: readonly Finding[],
  format: OutputFormat,
  terminal: Terminal,
): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify({ findings, summary: summarizeFindings(findings) }, null, 2);
    case 'sarif': {
      const { findingsSarif } = await import('../rendering/findingsSarif.ts');
      return JSON.stringify(findingsSarif(findings), null, 2);
    }
    case 'markdown': {
      const { findingsMarkdown } = await import('../rendering/findingsMarkdown.ts');
      return findingsMarkdown(findings);
    }
    case 'table': {
      const { findingsTable } = await import('../rendering/findingsTable.ts');
      const { styleOf } = await import('../rendering/style.ts');
      return findingsTable(findings, styleOf(terminal.colors.out));
    }
  }
}
