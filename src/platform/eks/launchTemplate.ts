import type { LaunchTemplateSpecification } from '@aws-sdk/client-eks';

/** A launch template by its ID, or else its name: EKS takes one of the two. */
export function idOrName(
  template: LaunchTemplateSpecification | undefined,
): Pick<LaunchTemplateSpecification, 'id' | 'name'> {
  return template?.id === undefined ? { name: template?.name } : { id: template.id };
}
