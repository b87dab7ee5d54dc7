/** What Kubernetes may use of a node of an EC2 instance type. */
export interface Allocatable {
  /** Quantity, `1930m`. */
  cpu: string;
  /** Quantity, `7000Mi`. */
  memory: string;
  pods: number;
}

/** GiB of memory for each vCPU by the family's letter. */
const memoryPerCpu: Record<string, number> = { c: 2, m: 4, r: 8, t: 4 };

/** Pods by size, as the VPC CNI's network interfaces and addresses allow. */
const podsBySize: Record<string, number> = { medium: 17, large: 29, xlarge: 58, '2xlarge': 58 };
const podsOfLargerSizes = 234;

/**
 * Allocatable resources of an instance type of the families c, m, r and t, less what EKS reserves for itself. Types in
 * `known` come first. Throws when the type is neither known nor of these families.
 */
export function allocatableOf(instanceType: string, known: Record<string, Allocatable> = {}): Allocatable {
  const given = known[instanceType];
  if (given !== undefined) return given;
  const [, family, size = ''] = /^([cmrt])\d[a-z-]*\.(medium|large|(?:\d+)?xlarge)$/.exec(instanceType) ?? [];
  const perCpu = memoryPerCpu[family ?? ''];
  if (family === undefined || perCpu === undefined)
    throw new Error(
      `instance type ${instanceType} is not known: describe it under "instanceTypes" in the scenario, or use one of the families c, m, r and t`,
    );
  const cpus = size === 'medium' || size === 'large' ? 2 : 4 * Number(size.replace('xlarge', '') || 1);
  const gibibytes = family === 't' && size === 'medium' ? 4 : cpus * perCpu;
  const pods = family === 't' && size === 'large' ? 35 : (podsBySize[size] ?? podsOfLargerSizes);
  const reservedMillicores = 60 + 10 * Math.log2(cpus);
  const reservedMebibytes = 255 + 11 * pods + 100 + 60;
  return {
    cpu: `${Math.round(cpus * 1000 - reservedMillicores)}m`,
    memory: `${gibibytes * 1024 - reservedMebibytes}Mi`,
    pods,
  };
}
