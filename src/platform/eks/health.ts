/** An issue as EKS tells it of clusters, node groups and add-ons alike. */
interface EksIssue {
  code?: string | undefined;
  message?: string | undefined;
  resourceIds?: string[] | undefined;
}

/** Health issues as lines: `Ec2SubnetNotFound: no such subnet (subnet-1)`. */
export function healthLines(issues: EksIssue[] | undefined): string[] {
  return (issues ?? []).map(({ code, message, resourceIds }) => {
    const about = resourceIds === undefined || resourceIds.length === 0 ? '' : ` (${resourceIds.join(', ')})`;
    return `${code ?? 'Unknown'}: ${message ?? 'no message'}${about}`;
  });
}
