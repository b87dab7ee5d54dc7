import { parse } from 'yaml';
import { z } from 'zod';
import { toolProblem } from '../problem.ts';

/** What a Chart.yaml says of its chart. */
export interface ChartMetadata {
  name: string;
  version: string;
  appVersion?: string;
}

const schema = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  // Written without quotes it may be a number.
  appVersion: z.union([z.string(), z.number()]).nullish(),
});

/**
 * Reads a Chart.yaml, as it stands in a chart or as `helm show chart` gives it.
 *
 * @param of what it is of, for messages
 * @throws StepladderError `ToolRefused` (`broken-chart`)
 */
export function readChartMetadata(text: string, of: string): ChartMetadata {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    throw broken(of, 'it is no YAML');
  }
  const read = schema.safeParse(value);
  if (!read.success) throw broken(of, 'it has no name or no version');
  const { name, version, appVersion } = read.data;
  return { name, version, ...(appVersion == null ? {} : { appVersion: String(appVersion) }) };
}

function broken(of: string, why: string): Error {
  return toolProblem(
    'broken-chart',
    `The Chart.yaml of ${of} can't be used: ${why}.`,
    'Take another version, or have the chart mended.',
  );
}
