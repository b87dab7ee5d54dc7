/** Kinds of values that the fields of a scenario share. */
import { z } from 'zod';

export const minorVersion = z
  .string()
  .regex(/^1\.\d+$/, 'expected a minor version such as "1.31" (in quotes, or YAML reads a number)');
export const objectName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    'expected a Kubernetes name: lower case letters, digits, - and .',
  );
export const cpuQuantity = z
  .string()
  .regex(/^\d+(\.\d+)?m?$/, 'expected a quantity of CPU such as "250m" or "2" (in quotes)');
export const memoryQuantity = z
  .string()
  .regex(/^\d+(\.\d+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$/, 'expected a quantity of memory such as "256Mi"');
export const seconds = z.number().min(0);
export const stringMap = z.record(z.string(), z.string());
export const countOrPercentage = z.union([
  z.int().min(0),
  z.string().regex(/^\d+%$/, 'expected a number or a percentage such as "50%"'),
]);
