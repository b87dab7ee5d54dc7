/** A time as Kubernetes writes it, in whole seconds. */
export const kubernetesTime = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');
