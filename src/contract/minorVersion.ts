import { z } from 'zod';

/** A field that holds a Kubernetes minor version. */
export const minorVersion = z
  .string({ error: 'must be a Kubernetes minor version in quotes, such as "1.33"' })
  .regex(/^1\.(0|[1-9]\d{0,2})$/, { error: 'must be a Kubernetes minor version such as "1.33"' });
